/** Names values by their kind and, within a kind, by a number for each. */
export interface Placeholders {
  /** `{kind#n}`: the same for the same value. */
  of(kind: string, value: string): string;
  /** Kind to how often a placeholder was asked for. */
  counts(): Readonly<Record<string, number>>;
}

/** Of these the separators are a matter of taste: `4111 1111 ...` and `4111-1111-...` are one card. */
const WRITTEN_IN_MANY_WAYS = new Set(['card', 'phone', 'iban', 'us-ssn']);

export function createPlaceholders(): Placeholders {
  const numbers = new Map<string, Map<string, number>>();
  const counts = new Map<string, number>();
  return {
    of(kind, value) {
      const known = numbers.get(kind) ?? new Map<string, number>();
      numbers.set(kind, known);
      const same = WRITTEN_IN_MANY_WAYS.has(kind)
        ? value.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase()
        : value;
      const number = known.get(same) ?? known.size + 1;
      known.set(same, number);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      return `{${kind}#${number}}`;
    },
    counts: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
