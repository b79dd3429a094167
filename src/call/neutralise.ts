/**
 * Characters that a terminal or a reader obeys, or that carry text past a human, without being seen (Unicode TR36,
 * TR9): bidirectional marks, overrides and isolates, zero width and invisible operators, blank letters, line
 * separators, annotations, tags and the supplementary variation selectors.
 */
const HIDDEN = String.raw`[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]`;

/** Emoji and scripts need a single joiner or variation selector, or a selector and a joiner; only hidden text needs more. */
const RUNS = String.raw`[\u200c\u200d\ufe00-\ufe0f]{3,}|[\u200c\u200d]{2,}|[\ufe00-\ufe0f]{2,}`;

/** Controls obey too, other than tab and line feed. */
const OBEYED = new RegExp(String.raw`(?![\t\n])\p{Cc}|${HIDDEN}|${RUNS}`, 'gu');

/** How the same characters look in the JSON text of a value. JSON escapes the C0 controls, and only those. */
const OBEYED_IN_JSON = new RegExp(String.raw`\\u00[01]|\\[bfr]|\p{Cc}|${HIDDEN}|${RUNS}`, 'u');

/** Whether JSON text may hold a character that `neutralise` replaces; a rare false yes costs only a walk. */
export const mayNeedNeutralising = (json: string): boolean => OBEYED_IN_JSON.test(json);

/**
 * Replaces each such character by its visible escape, such as `\u{202e}`. CR before LF is dropped.
 *
 * For what people and models read, where emoji and every script must stay legible. The audit escapes more, and so
 * that JSON keeps its value: `escapeUnsafe`.
 */
export const neutralise = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(OBEYED, (found) => Array.from(found, escaped).join(''));

const escaped = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;

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
