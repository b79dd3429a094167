/** What one series of measurements says; durations in milliseconds. */
export interface Series {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

export function summarise(durations: readonly number[]): Series {
  const sorted = [...durations].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { count: sorted.length, p50: round(at(0.5)), p99: round(at(0.99)) };
}

export const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Ours against theirs; above 1 means ours is slower. */
export const ratios = (ours: Series, theirs: Series) => ({
  p50: round(ours.p50 / theirs.p50),
  p99: round(ours.p99 / theirs.p99),
});

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
