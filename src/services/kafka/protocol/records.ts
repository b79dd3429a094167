import { crc32c } from '@platformatic/kafka';
import { ToolError } from '../../../toolset/errors.ts';
import type { KafkaRecord } from '../client.ts';
import { toNumber } from './refusal.ts';
import { MAX_UNPACKED_BYTES, unpack } from './unpack.ts';

/**
 * The fixed part of a batch of format 2.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
const AT = {
  length: 8,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastDelta: 23,
  firstTime: 27,
  maxTime: 35,
  count: 57,
};
const HEAD = 61;
/** Base offset and length, which the length does not count. */
const BEFORE = 12;
const MAGIC = 2;
const IS_CONTROL = 0x20;
const HAS_APPEND_TIME = 0x08;

/** More headers of one message than this are not looked at. */
const MOST_HEADERS = 100;

export interface Decoded {
  readonly records: readonly KafkaRecord[];
  /** The offset after what was read; `from` if nothing was. */
  readonly next: number;
  /** Bytes that the batches became. */
  readonly unpacked: number;
}

/**
 * The messages of a fetch from an offset on, at most `most`. Batches are left for the next fetch once those before
 * became too many bytes: each message holds on to its whole batch. Throws ToolError for bytes that are no batches.
 */
export function decodeBatches(bytes: Buffer, from: number, most: number): Decoded {
  const records: KafkaRecord[] = [];
  let next = from;
  let unpacked = 0;
  for (let at = 0; at + HEAD <= bytes.length && records.length < most && unpacked < MAX_UNPACKED_BYTES; ) {
    const end = at + BEFORE + bytes.readInt32BE(at + AT.length);
    // The broker cuts the last batch wherever the limit was.
    if (end > bytes.length) break;
    if (end < at + HEAD) throw corrupt();
    const batch = bytes.subarray(at, end);
    const last = batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(AT.lastDelta));
    unpacked += addRecords(records, batch, from, most);
    const reached = records.length < most ? toNumber(last) : (records.at(-1)?.offset ?? from);
    next = Math.max(next, reached + 1);
    at = end;
  }
  return { records, next, unpacked };
}

/** Answers with the bytes that the batch became. */
function addRecords(records: KafkaRecord[], batch: Buffer, from: number, most: number): number {
  if (batch.readInt8(AT.magic) !== MAGIC)
    throw new ToolError(
      'query_failed',
      'the messages are in a format from before Kafka 0.11, which is not read',
    );
  if (crc32c(batch.subarray(AT.attributes)) !== batch.readUInt32BE(AT.crc)) throw corrupt();
  const attributes = batch.readInt16BE(AT.attributes);
  // Marks where a transaction ended; no message of anybody.
  if ((attributes & IS_CONTROL) !== 0) return 0;
  const base = {
    offset: toNumber(batch.readBigInt64BE(0)),
    time: toNumber(batch.readBigInt64BE(AT.firstTime)),
    appendTime: (attributes & HAS_APPEND_TIME) === 0 ? undefined : toNumber(batch.readBigInt64BE(AT.maxTime)),
  };
  const unpacked = unpack(batch.subarray(HEAD), attributes);
  const body = new Bytes(unpacked);
  for (let left = batch.readInt32BE(AT.count); left > 0 && records.length < most; left -= 1) {
    const record = recordOf(new Bytes(body.take(body.varint())), base, from);
    if (record) records.push(record);
  }
  return unpacked.length;
}

interface Base {
  readonly offset: number;
  readonly time: number;
  readonly appendTime: number | undefined;
}

/** Undefined for a message before `from`: a batch comes whole. */
function recordOf(record: Bytes, { offset, time, appendTime }: Base, from: number): KafkaRecord | undefined {
  record.take(1); // attributes
  const sent = time + record.varint();
  const at = offset + record.varint();
  if (at < from) return undefined;
  const key = record.field();
  const value = record.field();
  const headers: [Buffer, Buffer | null][] = [];
  const headerCount = record.varint();
  for (let left = Math.min(headerCount, MOST_HEADERS); left > 0; left -= 1)
    headers.push([record.field() ?? Buffer.alloc(0), record.field()]);
  return { offset: at, timestamp: appendTime ?? sent, key, value, headers, headerCount };
}

/** Reads from bytes that anybody may have written; never past their end. */
class Bytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw corrupt();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** A length-prefixed field; null where the length is negative. */
  field(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.take(length);
  }

  /** A zigzag number of up to 64 bits; inexact beyond 2^53, which no length or time that is real reaches. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 64; factor *= 128) {
      const byte = this.take(1)[0] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw corrupt();
  }
}

const corrupt = (): ToolError =>
  new ToolError('backend_failed', 'the broker sent messages that cannot be read');
