import { MAX_ACCEPTED } from './problem.ts';

/**
 * Characters with no place in a topology: controls, bidirectional overrides, invisible and tag characters, lone
 * surrogates, private use, variation selectors of the supplementary plane. They make a text look different from what a machine reads.
 */
export const FORBIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|[\u{e0100}-\u{e01ef}]/u;
const FORBIDDEN_ALL = new RegExp(FORBIDDEN.source, 'gu');

const escapeOne = (char: string): string =>
  `\\u{${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;

/** The first forbidden character of a text as an escape, such as `\u{202e}`. */
export const firstForbidden = (text: string): string | undefined => {
  const found = FORBIDDEN.exec(text)?.[0];
  return found === undefined ? undefined : escapeOne(found);
};

/** Quotes a word of the file for a message: unprintable characters become escapes, long words are cut. */
export const quote = (word: string): string => `"${shown(word)}"`;

const shown = (word: string): string =>
  (word.length > 64 ? `${word.slice(0, 64)}…` : word).replace(FORBIDDEN_ALL, escapeOne);

/** Replaces each forbidden UTF-16 unit by one placeholder, so that columns stay where they are. */
export const printable = (line: string): string =>
  line.replace(FORBIDDEN_ALL, (char) => '\ufffd'.repeat(char.length));

/** What to write instead of an unknown word, for the end of a message and for `Problem.accepted`. */
export interface Advice {
  readonly text: string;
  readonly accepted: readonly string[];
}

/** Suggests the nearest accepted name, or lists what is accepted. */
export function advise(word: string, names: Iterable<string>): Advice {
  const all = [...names];
  const accepted = all.slice(0, MAX_ACCEPTED).map(shown);
  const near = nearest(word, all);
  if (near !== undefined) return { text: `; did you mean ${quote(near)}?`, accepted };
  if (all.length === 0) return { text: '; nothing is accepted here', accepted };
  return { text: `; accepted: ${list(all)}`, accepted };
}

/** Joins names for a message; a long list is cut and says so. */
export function list(names: readonly string[]): string {
  const first = names.slice(0, 12).map(shown).join(', ');
  return names.length > 12 ? `${first} and ${names.length - 12} more` : first;
}

/** The name that a word was probably meant to be, or undefined. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const wanted = word.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    if (wanted.length > 3 && name.startsWith(wanted.slice(0, -1)) && bestDistance > 1) {
      [best, bestDistance] = [name, 2];
      continue;
    }
    if (Math.abs(name.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Damerau-Levenshtein distance (adjacent swaps count once). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
