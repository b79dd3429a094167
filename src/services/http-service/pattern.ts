/**
 * Patterns of parameters: a small part of regular expressions, matched in time linear in the text.
 *
 * JavaScript's own engine can take exponential time, and the text comes from the caller. Here every pattern is a
 * list of alternatives, each a row of single characters or classes with a bounded or open count. No groups, no
 * look-around, no references back; the whole text has to match.
 */
export interface Pattern {
  matches(text: string): boolean;
}

/** One character's worth of a pattern. */
interface Step {
  readonly fits: (char: string) => boolean;
  /** May be passed over. */
  readonly optional: boolean;
  /** May be taken again. */
  readonly repeats: boolean;
}

const MAX_LENGTH = 200;
/** Bounds the work for one character of the text. */
const MAX_STEPS = 400;

const TOKEN =
  /(\\[dwDW\\./^$|?*+()[\]{}-]|\[\^?(?:\\[dwDW\\\]^.-]|[^\\[\]])+\]|[^\\[\](){}|?*+^$])(\?|\*|\+|\{\d{1,3}(?:,\d{0,3})?\})?/uy;

/** Reads a pattern. Undefined where it is not one, or not one that can be matched in linear time. */
export function readPattern(source: string): Pattern | undefined {
  if (source.length > MAX_LENGTH) return undefined;
  const rows = alternatives(source.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')).map(stepsOf);
  if (rows.some((row) => row === undefined)) return undefined;
  const known = rows.filter((row) => row !== undefined);
  if (known.reduce((sum, row) => sum + row.length, 0) > MAX_STEPS) return undefined;
  return { matches: (text) => known.some((row) => matchesRow(row, text)) };
}

/** Splits at each `|` that stands neither in a class nor behind a backslash. */
function alternatives(source: string): string[] {
  const parts = source.match(/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^|\\[]|\[)+|\|/gu) ?? [''];
  return parts.join('') === source ? parts.filter((part) => part !== '|') : [source];
}

function stepsOf(row: string): Step[] | undefined {
  const steps: Step[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < row.length) {
    const found = TOKEN.exec(row);
    const made = found?.[1] === undefined ? undefined : repeated(found[1], found[2] ?? '');
    if (!made) return undefined;
    steps.push(...made);
    if (steps.length > MAX_STEPS) return undefined;
  }
  return steps;
}

function repeated(atom: string, count: string): Step[] | undefined {
  const fits = oneCharacter(atom);
  const range = countOf(count);
  if (!fits || !range || range.least > MAX_STEPS) return undefined;
  const { least, most } = range;
  const needed = Array.from({ length: least }, () => ({ fits, optional: false, repeats: false }));
  if (most === undefined) return [...needed, { fits, optional: true, repeats: true }];
  if (most < least) return undefined;
  return [
    ...needed,
    ...Array.from({ length: most - least }, () => ({ fits, optional: true, repeats: false })),
  ];
}

function countOf(count: string): { least: number; most: number | undefined } | undefined {
  if (count === '') return { least: 1, most: 1 };
  if (count === '?') return { least: 0, most: 1 };
  if (count === '*') return { least: 0, most: undefined };
  if (count === '+') return { least: 1, most: undefined };
  const [, least = '', comma, most = ''] =
    /^\{(\d+)(,(\d*))?\}$/.exec(count)?.map((part) => part ?? '') ?? [];
  if (least === '') return undefined;
  if (comma === '') return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most === '' ? undefined : Number(most) };
}

/** An expression for exactly one character takes constant time, so JavaScript's engine is safe for it. */
function oneCharacter(atom: string): ((char: string) => boolean) | undefined {
  try {
    const one = new RegExp(`^${atom}$`, 'su');
    return (char) => one.test(char);
  } catch {
    return undefined;
  }
}

/** Walks all ways through the row at once: work is steps times characters, whatever the text. */
function matchesRow(row: readonly Step[], text: string): boolean {
  let here = reach(row, [0]);
  for (const char of text) {
    const next: number[] = [];
    for (const at of here) {
      const step = row[at];
      if (!step?.fits(char)) continue;
      next.push(at + 1);
      if (step.repeats) next.push(at);
    }
    if (next.length === 0) return false;
    here = reach(row, next);
  }
  return here.has(row.length);
}

/** The places from which the next character may be taken, once every optional step may be passed over. */
function reach(row: readonly Step[], from: readonly number[]): Set<number> {
  const places = new Set<number>();
  for (const start of from) {
    for (let at = start; !places.has(at); at++) {
      places.add(at);
      if (!row[at]?.optional) break;
    }
  }
  return places;
}
