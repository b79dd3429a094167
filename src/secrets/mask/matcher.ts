/** One text to look for, and what found it stands for. */
export interface Pattern<T> {
  readonly text: string;
  readonly means: T;
  /** Characters next to a hit that still hold bits of the value, as at the ends of a piece of base64. */
  readonly bleeds?: { readonly before: number; readonly after: number; readonly into: RegExp };
  /** A hit counts even where line breaks were taken out of the text. */
  readonly survivesWrapping?: boolean;
}

/** Where a pattern was found: `from` inclusive, `to` exclusive, in UTF-16 units. */
export interface Hit<T> {
  readonly from: number;
  readonly to: number;
  readonly pattern: Pattern<T>;
}

/** Finds many texts at once. Patterns are added over time; none is ever removed. */
export interface Matcher<T> {
  add(pattern: Pattern<T>): void;
  /** Visits the longest hit at every place where one begins; hits may overlap. */
  find(text: string, visit: (hit: Hit<T>) => void): void;
}

/** Three characters of six bits each: a rolling hash that forgets the fourth character back by itself. */
const WINDOW = 3;
const HASH_MASK = 2 ** 18 - 1;

/**
 * A trie behind a filter. One table look-up per character of the text decides whether any pattern's first
 * three characters end there, so ordinary text costs a few nanoseconds a character however many patterns
 * there are; only at a likely start is the trie walked.
 */
export function createMatcher<T>(): Matcher<T> {
  const likely = new Uint8Array(HASH_MASK + 1);
  const short = new Set<number>();
  /** `state * 65536 + character` to the next state. State 0 is the root. */
  const edges = new Map<number, number>();
  const ends: (Pattern<T> | undefined)[] = [undefined];

  const add = (pattern: Pattern<T>) => {
    let state = 0;
    let hash = 0;
    for (let i = 0; i < pattern.text.length; i++) {
      const unit = pattern.text.charCodeAt(i);
      const edge = state * 0x10000 + unit;
      if (i < WINDOW) hash = ((hash << 6) ^ unit) & HASH_MASK;
      state = edges.get(edge) ?? ends.push(undefined) - 1;
      edges.set(edge, state);
    }
    if (state === 0) return;
    if (pattern.text.length < WINDOW) short.add(pattern.text.charCodeAt(0));
    else likely[hash] = 1;
    ends[state] ??= pattern;
  };

  const longestAt = (text: string, from: number): Hit<T> | undefined => {
    let state: number | undefined = 0;
    let found: Hit<T> | undefined;
    for (let at = from; at < text.length; at++) {
      state = edges.get(state * 0x10000 + text.charCodeAt(at));
      if (state === undefined) break;
      const pattern = ends[state];
      if (pattern) found = { from, to: at + 1, pattern };
    }
    return found && widen(text, found);
  };

  const visitAt = (text: string, from: number, visit: (hit: Hit<T>) => void) => {
    const hit = longestAt(text, from);
    if (hit) visit(hit);
  };

  const find = (text: string, visit: (hit: Hit<T>) => void) => {
    let hash = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      hash = ((hash << 6) ^ unit) & HASH_MASK;
      if (likely[hash] === 1 && i >= WINDOW - 1) visitAt(text, i - WINDOW + 1, visit);
      if (short.size > 0 && short.has(unit)) visitAt(text, i, visit);
    }
  };

  return { add, find };
}

function widen<T>(text: string, hit: Hit<T>): Hit<T> {
  const { bleeds } = hit.pattern;
  if (!bleeds) return hit;
  let { from, to } = hit;
  for (let n = 0; n < bleeds.before && from > 0 && bleeds.into.test(text.charAt(from - 1)); n++) from--;
  for (let n = 0; n < bleeds.after && to < text.length && bleeds.into.test(text.charAt(to)); n++) to++;
  return { ...hit, from, to };
}
