/** What a client did that no broker would let pass. A test asserts that there was none. */
export class Violation extends Error {}

/**
 * Reads the primitive types of Kafka's protocol, strictly: nothing beyond the end, nothing left over.
 * Written for the twin alone, so that it shares no mistake with the driver under test.
 *
 * @see https://kafka.apache.org/protocol#protocol_types
 */
export class In {
  #at = 0;
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length)
      throw new Violation('a field ends outside the request');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  int8 = (): number => this.take(1).readInt8();
  int16 = (): number => this.take(2).readInt16BE();
  int32 = (): number => this.take(4).readInt32BE();
  int64 = (): bigint => this.take(8).readBigInt64BE();
  bool(): boolean {
    const byte = this.int8();
    if (byte !== 0 && byte !== 1) throw new Violation(`boolean ${byte}`);
    return byte === 1;
  }
  uuid = (): string => this.take(16).toString('hex');
  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.take(1).readUInt8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Violation('a varint without end');
  }
  nullable(compact: boolean): string | null {
    const length = compact ? this.uvarint() - 1 : this.int16();
    if (length < 0) return null;
    const bytes = this.take(length);
    const text = bytes.toString();
    if (!Buffer.from(text).equals(bytes)) throw new Violation('a string that is no UTF-8');
    return text;
  }
  string(compact: boolean): string {
    const text = this.nullable(compact);
    if (text === null) throw new Violation('null for a string');
    return text;
  }
  bytes(compact: boolean): Buffer {
    const length = compact ? this.uvarint() - 1 : this.int32();
    if (length < 0) throw new Violation('null for bytes');
    return this.take(length);
  }
  /** Null for a null array. */
  array<T>(compact: boolean, item: () => T): T[] | null {
    const length = compact ? this.uvarint() - 1 : this.int32();
    if (length < 0) return null;
    return Array.from({ length }, item);
  }
  list<T>(compact: boolean, item: () => T): T[] {
    const items = this.array(compact, item);
    if (items === null) throw new Violation('null for an array');
    return items;
  }
  /** No client here sends a tagged field. */
  tags(): void {
    if (this.uvarint() !== 0) throw new Violation('a tagged field that is not known');
  }
  end(): void {
    if (this.#at !== this.#bytes.length)
      throw new Violation(`${this.#bytes.length - this.#at} bytes too many`);
  }
}

/** Writes the same types. */
export class Out {
  readonly #parts: Buffer[] = [];
  #add(length: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(length);
    write(bytes);
    this.#parts.push(bytes);
    return this;
  }
  int8 = (value: number): this => this.#add(1, (b) => b.writeInt8(value));
  int16 = (value: number): this => this.#add(2, (b) => b.writeInt16BE(value));
  int32 = (value: number): this => this.#add(4, (b) => b.writeInt32BE(value));
  int64 = (value: bigint | number): this => this.#add(8, (b) => b.writeBigInt64BE(BigInt(value)));
  bool = (value: boolean): this => this.int8(value ? 1 : 0);
  uuid = (hex: string): this => this.raw(Buffer.from(hex, 'hex'));
  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }
  uvarint(value: number): this {
    const bytes: number[] = [];
    for (let left = value; ; left = Math.floor(left / 128)) {
      if (left < 128) {
        bytes.push(left);
        return this.raw(Buffer.from(bytes));
      }
      bytes.push((left % 128) + 128);
    }
  }
  string(text: string | null, compact: boolean): this {
    const bytes = Buffer.from(text ?? '');
    const length = text === null ? -1 : bytes.length;
    return (compact ? this.uvarint(length + 1) : this.int16(length)).raw(bytes);
  }
  bytes(bytes: Buffer, compact: boolean): this {
    return (compact ? this.uvarint(bytes.length + 1) : this.int32(bytes.length)).raw(bytes);
  }
  array<T>(items: readonly T[], compact: boolean, item: (value: T) => void): this {
    if (compact) this.uvarint(items.length + 1);
    else this.int32(items.length);
    for (const one of items) item(one);
    return this;
  }
  tags = (): this => this.uvarint(0);
  get buffer(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
