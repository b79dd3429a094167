/** How many of something each name took within a sliding window. */
export interface Quota {
  readonly limit: number;
  readonly windowMs: number;
  /** Taken by a name within the window. */
  used(name: string): Promise<number>;
  /** Takes one more in one step with the look whether there is one left; undefined when there is none. */
  take(name: string): Promise<Taken | undefined>;
}

export interface Taken {
  /** For what was not done in the end. */
  giveBack(): Promise<void>;
}

export interface QuotaLimit {
  readonly limit: number;
  readonly windowMs: number;
}

/** Counts in this process alone. */
export function openQuota({ limit, windowMs }: QuotaLimit, now = Date.now): Quota {
  const taken = new Map<string, readonly { readonly at: number }[]>();
  const recent = (name: string) => (taken.get(name) ?? []).filter(({ at }) => at > now() - windowMs);
  return {
    limit,
    windowMs,
    used: async (name) => recent(name).length,
    async take(name) {
      const others = recent(name);
      if (others.length >= limit) return undefined;
      const own = { at: now() };
      taken.set(name, [...others, own]);
      return {
        async giveBack() {
          taken.set(
            name,
            recent(name).filter((one) => one !== own),
          );
        },
      };
    },
  };
}
