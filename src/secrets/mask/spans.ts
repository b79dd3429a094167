import type { Matcher } from './matcher.ts';
import { decoded, type Escaping, WRAPPING } from './views.ts';

/** A stretch of a text that shows something: `from` inclusive, `to` exclusive, in UTF-16 units. */
export interface Span<T> {
  readonly from: number;
  readonly to: number;
  readonly means: T;
}

/**
 * Finds what a matcher knows in a text and under its escapings, `layers` deep: JSON inside JSON, a form field
 * inside a JSON string. The spans are in order and do not overlap.
 */
export function spansIn<T>(
  matcher: Matcher<T>,
  text: string,
  escapings: readonly Escaping[],
  layers: number,
): Span<T>[] {
  const spans: Span<T>[] = [];
  gather(matcher, text, escapings, layers, (from, to, means) => spans.push({ from, to, means }));
  return spans.length > 1 ? merge(spans) : spans;
}

type Add<T> = (from: number, to: number, means: T) => void;

function gather<T>(
  matcher: Matcher<T>,
  text: string,
  escapings: readonly Escaping[],
  layers: number,
  add: Add<T>,
): void {
  matcher.find(text, ({ from, to, pattern }) => add(from, to, pattern.means));
  const unwrapped = decoded(text, WRAPPING);
  if (unwrapped) {
    matcher.find(unwrapped.text, ({ from, to, pattern }) => {
      if (!pattern.survivesWrapping) return;
      const source = unwrapped.toSource(from, to);
      add(source.from, source.to, pattern.means);
    });
  }
  if (layers === 0) return;
  for (const escaping of escapings) {
    const view = decoded(text, escaping);
    if (!view) continue;
    gather(matcher, view.text, escapings, layers - 1, (from, to, means) => {
      const source = view.toSource(from, to);
      add(source.from, source.to, means);
    });
  }
}

/** Joins what overlaps, so that no end of one value shows beside another; the longest names the whole. */
function merge<T>(spans: Span<T>[]): Span<T>[] {
  const merged: Span<T>[] = [];
  let longest = 0;
  for (const span of spans.sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = merged.at(-1);
    const width = span.to - span.from;
    if (!last || span.from >= last.to) {
      merged.push(span);
      longest = width;
      continue;
    }
    const means = width > longest ? span.means : last.means;
    longest = Math.max(longest, width);
    merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to), means };
  }
  return merged;
}
