/** A small seeded generator (mulberry32), so that a failing property names the seed that shows it again. */
export interface RandomValues {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** A credential of 4 to 40 characters with whatever makes encoders and patterns trip. */
  credential(): string;
  /** Ordinary and awkward text of up to `length` pieces, possibly empty. */
  text(length: number): string;
}

const ORDINARY = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
const AWKWARD = [...'"\'\\/%+&=#?;:,.<>()[]{}|^$*!@~`- _éßя中🙂'];
const TEXT = [
  ...ORDINARY,
  ...ORDINARY,
  ...AWKWARD,
  '\n',
  '\r\n',
  '\t',
  '%2',
  '\\u00',
  '\\',
  '%',
  '==',
  '\u0000',
];

export function randomValues(seed: number): RandomValues {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const many = (from: readonly string[], count: number) =>
    Array.from({ length: count }, () => pick(from)).join('');
  return {
    below,
    pick,
    // Its ends are not white space, so that the trimmed variant is the value itself.
    credential: () => `${pick(ORDINARY)}${many([...ORDINARY, ...AWKWARD], 2 + below(37))}${pick(ORDINARY)}`,
    text: (length) => many(TEXT, below(length + 1)),
  };
}
