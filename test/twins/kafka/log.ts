import { Violation } from './wire.ts';

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});
/** CRC-32C, as batches carry it. */
export function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

interface Batch {
  readonly first: number;
  readonly last: number;
  readonly firstTime: number;
  readonly bytes: Buffer;
}

/**
 * One partition's log: whole batches of format 2, with the offsets that the broker gives them.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export class PartitionLog {
  readonly batches: Batch[] = [];
  earliest = 0;
  latest = 0;

  /** Appends what a producer sent, and answers with the offset of its first record. */
  append(records: Buffer): number {
    const base = this.latest;
    for (let at = 0; at < records.length; ) {
      const bytes = Buffer.from(records.subarray(at, at + 12 + records.readInt32BE(at + 8)));
      if (bytes.readInt8(16) !== 2) throw new Violation(`batch format ${bytes.readInt8(16)}`);
      if (bytes.readUInt32BE(17) !== crc32c(bytes.subarray(21)))
        throw new Violation('a batch with a wrong checksum');
      const delta = bytes.readInt32BE(23);
      if (bytes.readInt32BE(57) !== delta + 1) throw new Violation('a batch whose count is not its offsets');
      bytes.writeBigInt64BE(BigInt(this.latest), 0);
      const firstTime = Number(bytes.readBigInt64BE(27));
      this.batches.push({ first: this.latest, last: this.latest + delta, firstTime, bytes });
      this.latest += delta + 1;
      at += bytes.length;
    }
    return base;
  }

  /** Batches from the one that holds an offset on; the first whole, the last cut at the limit. */
  read(from: number, most: number): Buffer {
    const all = this.batches.filter(({ last }) => last >= from).map(({ bytes }) => bytes);
    const whole = Buffer.concat(all);
    return whole.subarray(0, Math.max(most, all[0]?.length ?? 0));
  }

  /** The first offset whose time is not before; -1 if there is none. Batches of the tests hold one time each. */
  since(time: number): number {
    return this.batches.find(({ firstTime }) => firstTime >= time)?.first ?? -1;
  }

  /** Lets go of what is before an offset, as retention does. */
  drop(before: number): void {
    this.earliest = before;
  }
}
