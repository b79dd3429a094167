/** Names values by their kind and, within a kind, by a number for each. */
export interface Placeholders {
  /** Keeps the numbers of what looks like a placeholder in a text from being given to a value. */
  reserve(text: string): void;
  /** `{kind#n}`: the same for the same value. */
  of(kind: string, value: string): string;
  /** Kind to how often a placeholder was asked for. */
  counts(): Readonly<Record<string, number>>;
}

interface Numbers {
  readonly given: Map<string, number>;
  readonly reserved: Set<number>;
  last: number;
  count: number;
}

/** Of these the separators are a matter of taste: `4111 1111 ...` and `4111-1111-...` are one card. */
const WRITTEN_IN_MANY_WAYS = new Set(['card', 'phone', 'iban', 'us-ssn']);
const PLACEHOLDER = /\{([a-z][a-z-]{1,40})#(\d{1,9})\}/g;

export function createPlaceholders(): Placeholders {
  const kinds = new Map<string, Numbers>();
  const numbersOf = (kind: string): Numbers => {
    const numbers = kinds.get(kind) ?? { given: new Map(), reserved: new Set(), last: 0, count: 0 };
    kinds.set(kind, numbers);
    return numbers;
  };

  return {
    reserve(text) {
      for (const [, kind = '', number] of text.matchAll(PLACEHOLDER))
        numbersOf(kind).reserved.add(Number(number));
    },
    of(kind, value) {
      const numbers = numbersOf(kind);
      const same = WRITTEN_IN_MANY_WAYS.has(kind)
        ? value.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase()
        : value;
      let number = numbers.given.get(same);
      if (number === undefined) {
        do numbers.last++;
        while (numbers.reserved.has(numbers.last));
        number = numbers.last;
        numbers.given.set(same, number);
      }
      numbers.count++;
      return `{${kind}#${number}}`;
    },
    counts: () =>
      Object.fromEntries(
        [...kinds]
          .filter(([, { count }]) => count > 0)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([kind, { count }]) => [kind, count]),
      ),
  };
}
