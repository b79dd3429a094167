/** Keeps the last `size` values, each for at most `ttlMs`. Failures are not kept. */
export function cached<T>(size: number, ttlMs: number, now: () => number = Date.now) {
  const entries = new Map<string, { readonly value: Promise<T>; readonly until: number }>();
  return (key: string, make: () => Promise<T>): Promise<T> => {
    const known = entries.get(key);
    entries.delete(key);
    if (known && known.until > now()) {
      entries.set(key, known);
      return known.value;
    }
    const value = make();
    entries.set(key, { value, until: now() + ttlMs });
    value.catch(() => entries.get(key)?.value === value && entries.delete(key));
    const [oldest] = entries.keys();
    if (entries.size > size && oldest !== undefined) entries.delete(oldest);
    return value;
  };
}
