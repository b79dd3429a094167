import { quoteName, quoteText } from './quote.ts';

/**
 * A statement that may be sent. Made by the guard from a tree, or by `sql` from a text of this repository with every
 * value quoted; a caller's text is never one.
 */
export class Statement {
  readonly text: string;
  /** Keeps an object of the same shape from passing for one. */
  readonly #made = true;

  private constructor(text: string) {
    this.text = text;
  }

  /** For the guard's printer and the template below alone. */
  static of(text: string): Statement {
    return new Statement(text);
  }

  /** Throws TypeError for anything that was not made here: the lock below every tool. */
  static assert(value: Statement): void {
    if (!(#made in value)) throw new TypeError('only a guarded statement is sent');
  }
}

/** A name in a statement, as opposed to a text. */
export class Identifier {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Value = string | number | Identifier | readonly string[];

/** A constant statement with values in it: texts, whole numbers, lists of texts for IN, and names. */
export function sql(parts: TemplateStringsArray, ...values: readonly Value[]): Statement {
  const text = parts.map((part, at) => (at === 0 ? part : `${printValue(values[at - 1] ?? '')}${part}`));
  return Statement.of(text.join(''));
}

function printValue(value: Value): string {
  if (value instanceof Identifier) return quoteName(value.name);
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError('a statement takes whole numbers alone');
    return `${value}`;
  }
  // IN of nothing is no statement; no name is empty.
  return `(${(value.length > 0 ? value : ['']).map(quoteText).join(', ')})`;
}
