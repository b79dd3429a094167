/**
 * Characters that a terminal or a reader obeys without showing them: C0/C1 controls other than tab and line feed,
 * bidirectional overrides and isolates, zero-width and invisible operators, Unicode tags and the variation
 * selectors that can smuggle text past a human (Unicode TR36, TR9). ZWJ and ZWNJ stay: emoji and scripts need them.
 */
const OBEYED =
  /(?![\t\n])\p{Cc}|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/gu;

/** How the same characters look in the JSON text of a value. JSON escapes the C0 controls, and only those. */
const OBEYED_IN_JSON =
  /\\u00[01]|\\[bfr]|\p{Cc}|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/u;

/** Whether JSON text may hold a character that `neutralise` replaces; a rare false yes costs only a walk. */
export const mayNeedNeutralising = (json: string): boolean => OBEYED_IN_JSON.test(json);

/** Replaces each such character by its visible escape, such as `\u{202e}`. CR before LF is dropped. */
export const neutralise = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(OBEYED, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** The same for every string of a JSON value, keys included. */
export function neutraliseJson<T>(value: T): T;
export function neutraliseJson(value: unknown): unknown {
  if (typeof value === 'string') return neutralise(value);
  if (Array.isArray(value)) return value.map((item) => neutraliseJson(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [neutralise(key), neutraliseJson(item)]),
  );
}
