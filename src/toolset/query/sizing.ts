import type { Limits } from '../define.ts';
import { ToolError } from '../errors.ts';
import { currentMoment, momentOf, secondsOf } from './time.ts';

/** The bound of Prometheus, and of Loki, on the points of one series in one range query. */
const MAX_POINTS = 11_000;
/** About what one `[1700000000,"12345.678"]` takes. */
const BYTES_PER_SAMPLE = 32;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
const DEFAULT_POINTS = 120;

/** How many samples fit into one answer. */
export const samplesWithin = (limits: Limits): number =>
  Math.max(1, Math.min(MAX_POINTS, Math.floor(limits.bytes / BYTES_PER_SAMPLE)));

/** The server's own time limit, a little under the call's, so that it gives up first and says so. */
export const deadlineOf = (limits: Limits): string =>
  `${Math.max(100, Math.floor(limits.deadlineMs * 0.95))}ms`;

/** The step of a range query in seconds: the wished one if its points fit, else a round one that fits. */
export function fitStep(seconds: number, wished: number | undefined, most: number): number {
  const fits = (step: number) => Math.floor(seconds / step) + 1 <= most;
  if (wished !== undefined && fits(wished)) return wished;
  const least = wished ?? seconds / Math.min(DEFAULT_POINTS, most);
  const round = STEPS.find((step) => step >= least && fits(step));
  return round ?? Math.ceil(seconds / Math.max(1, most - 1));
}

/** The moments of a range query and the seconds between its points. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** How the wished step was changed. */
  readonly note?: string;
}

/** Resolves the moments, and a step whose points stay within `most`. Throws ToolError('invalid_arguments'). */
export function rangeOf(
  from: string | number,
  to: string | number,
  wish: string | undefined,
  most: number,
): Range {
  const now = currentMoment();
  const start = momentOf(from, now);
  const end = momentOf(to, now);
  if (end <= start) throw new ToolError('invalid_arguments', 'end must lie after start');
  const wished = wish === undefined ? undefined : secondsOf(wish);
  if (wished === 0) throw new ToolError('invalid_arguments', 'step must be longer than zero');
  const step = fitStep(end - start, wished, most);
  const raised = wished !== undefined && step > wished;
  const note = `step raised from ${wish} to ${step}s: at most ${most} points`;
  return { start, end, step, ...(raised ? { note } : {}) };
}

/** The first series that together stay within the bounds. One series alone is shortened to its latest samples. */
export function fitSeries<T extends { values?: unknown[] | undefined }>(
  series: readonly T[],
  rows: number,
  samples: number,
): { kept: T[]; cut: boolean } {
  const kept: T[] = [];
  let used = 0;
  for (const one of series.slice(0, rows)) {
    used += Math.max(1, one.values?.length ?? 1);
    if (used > samples) break;
    kept.push(one);
  }
  const [first] = series;
  if (kept.length > 0 || !first) return { kept, cut: kept.length < series.length };
  return { kept: [{ ...first, values: first.values?.slice(-samples) }], cut: true };
}
