import type { Series } from './input.ts';
import { quantile, sorted } from './statistics.ts';

/** Which points are the incident's: `from` to `to`, both inclusive, unix seconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** The usual distance of two points; 0 when no series has two. */
  readonly step: number;
}

export const inside = ({ from, to }: Window, t: number): boolean => t >= from && t <= to;

/** Seconds between the points of most series; 0 when nothing has two points. */
export function stepOf(series: readonly Series[]): number {
  const gaps = series.flatMap(({ t }) =>
    t.length > 1 ? [((t.at(-1) ?? 0) - (t[0] ?? 0)) / (t.length - 1)] : [],
  );
  return gaps.length > 0 ? quantile(sorted(gaps), 0.5) : 0;
}
