/** Controls, invisible formatting (bidi, tags, zero width), lone surrogates, private use, line separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Variation_Selector}]/gu;

/**
 * Writes characters that cannot be seen, or that steer a terminal or the reading direction, as `\uXXXX`. Within
 * compact JSON the result is JSON of the same value.
 */
export const escapeUnsafe = (text: string) => text.replace(UNSAFE, escapeUnits);

const escapeUnits = (character: string) =>
  Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join('');

const escapeUnit = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
