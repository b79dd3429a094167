/** Counts writes per principal over a sliding window. */
export interface WriteRate {
  readonly limit: number;
  readonly windowMs: number;
  /** Writes that a principal was granted within the window. */
  used(principal: string): number;
  /** Counts one granted write. */
  count(principal: string): void;
}

/** At most `limit` granted writes for each principal within any `windowMs` milliseconds. */
export function limitWrites(
  { limit, windowMs }: { limit: number; windowMs: number },
  now = Date.now,
): WriteRate {
  const granted = new Map<string, number[]>();
  const recent = (principal: string) => (granted.get(principal) ?? []).filter((at) => at > now() - windowMs);
  return {
    limit,
    windowMs,
    used: (principal) => recent(principal).length,
    count: (principal) => granted.set(principal, [...recent(principal), now()]),
  };
}
