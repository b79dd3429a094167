/** Tells of one stretch that must not be shown: `from` inclusive, `to` exclusive, in UTF-16 units. */
export type Add = (kind: string, from: number, to: number) => void;

/**
 * Finds one family of secrets or personal data.
 *
 * A text may be written by an attacker, so a detector's cost grows with the text's length alone. Each place is
 * looked at a bounded number of times: nothing that can fail stands after an unbounded repetition.
 */
export interface Detector {
  readonly name: string;
  find(text: string, add: Add): void;
}

/** The place after the last character of `text`, from `at` on, that `allowed` takes; at most `most` characters on. */
export function runEnd(text: string, at: number, allowed: RegExp, most = text.length): number {
  const end = Math.min(text.length, at + most);
  let i = at;
  while (i < end && allowed.test(text.charAt(i))) i++;
  return i;
}

/** The place of the first character of the run that ends before `at`; at most `most` characters back. */
export function runStart(text: string, at: number, allowed: RegExp, most: number): number {
  const start = Math.max(0, at - most);
  let i = at;
  while (i > start && allowed.test(text.charAt(i - 1))) i--;
  return i;
}

/** Runs a sticky pattern at one place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * At most `reach` characters before a place, from the last placeholder on: what was hidden before is no context,
 * and neither is the name that stands for it.
 */
export function contextBefore(text: string, at: number, reach: number): string {
  return text.slice(Math.max(0, at - reach), at).replace(/^.*#\d{1,9}\}/s, '');
}
