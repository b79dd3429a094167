/** The `share` quantile (0 to 1) of sorted values, interpolated between neighbours. NaN for none. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Finite numbers in ascending order; what is missing or not a number is left out. */
export function sorted(values: Iterable<number | null | undefined>): number[] {
  const kept: number[] = [];
  for (const value of values) if (typeof value === 'number' && Number.isFinite(value)) kept.push(value);
  return kept.sort((a, b) => a - b);
}

export const median = (values: Iterable<number | null | undefined>): number => quantile(sorted(values), 0.5);
