const BITS_PER_ENTRY = 12;
const HASHES = 6;
const LEAST_BYTES = 64;

/**
 * A Bloom filter over what a block's records say: every three ASCII characters in a row, in lower case, and the ids
 * of its calls. It may say that something is there which is not, and never the other way round.
 *
 * Three hexadecimal digits are left out: hashes and ids hold them all, so they would tell nothing and fill it up.
 */
export class Grams {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static of(entries: ReadonlySet<number>): Grams {
    const bits = Math.max(LEAST_BYTES * 8, entries.size * BITS_PER_ENTRY);
    const bytes = new Uint8Array(2 ** Math.ceil(Math.log2(bits / 8)));
    for (const entry of entries)
      for (const bit of bitsOf(entry, bytes.length * 8))
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
    return new Grams(bytes);
  }

  /** Undefined for a text that `toString` did not make. */
  static parse(text: string): Grams | undefined {
    const bytes = Buffer.from(text, 'base64');
    const isWhole = bytes.length >= LEAST_BYTES && (bytes.length & (bytes.length - 1)) === 0;
    return isWhole ? new Grams(bytes) : undefined;
  }

  mayHold(entries: Iterable<number>): boolean {
    for (const entry of entries)
      for (const bit of bitsOf(entry, this.#bytes.length * 8))
        if (((this.#bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    return true;
  }

  toString(): string {
    return Buffer.from(this.#bytes).toString('base64');
  }
}

function* bitsOf(entry: number, size: number): Generator<number> {
  const one = mix(entry);
  const two = mix(one ^ 0x9e3779b9) | 1;
  for (let index = 0; index < HASHES; index += 1) yield ((one + Math.imul(index, two)) >>> 0) & (size - 1);
}

/** The finaliser of MurmurHash3: every bit of the result depends on every bit of the entry. */
function mix(entry: number): number {
  let hash = entry;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * Adds the entries of a text that is in lower case already.
 * @param recent remembers some that were added to the same set before, which costs far less than adding them again
 */
export function addGrams(entries: Set<number>, lowerCase: string, recent?: RecentGrams): void {
  let gram = 0;
  let ascii = 0;
  let other = 0;
  for (let at = 0; at < lowerCase.length; at += 1) {
    const code = lowerCase.charCodeAt(at);
    ascii = code < 128 ? ascii + 1 : 0;
    // Remembers for the last three characters whether they are no hexadecimal digits.
    other = ((other << 1) | (isHex(code) ? 0 : 1)) & 7;
    gram = ((gram << 7) | code) & 0x1fffff;
    if (ascii < 3 || other === 0 || recent?.[gram & RECENT_MASK] === gram) continue;
    if (recent) recent[gram & RECENT_MASK] = gram;
    entries.add(gram);
  }
}

/** Grams that were added lately, each at its lowest bits. No gram of three letters is zero. */
export type RecentGrams = Uint32Array;
const RECENT_MASK = 4095;
export const noRecentGrams = (): RecentGrams => new Uint32Array(RECENT_MASK + 1);

const isHex = (code: number) => (code >= 48 && code <= 57) || (code >= 97 && code <= 102);

/** The entry of a call's id, apart from all grams. */
export function callEntry(call: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < call.length; at += 1) hash = Math.imul(hash ^ call.charCodeAt(at), 0x01000193);
  return (hash | 0x80000000) >>> 0;
}
