import { inspect } from 'node:util';

/**
 * A credential value that nothing can print.
 *
 * The value lives in a private field. Every road that JavaScript offers to text (`String()`, template
 * strings, `JSON.stringify`, `util.inspect`) yields the placeholder, for instance `{password}`. The only way
 * out is {@link Secret.expose}, which a test allows in connect files, sources and the mask alone.
 */
export class Secret {
  readonly #value: string;
  /** Which credential this is, such as `password`; safe to print. */
  readonly label: string;

  constructor(label: string, value: string) {
    this.label = label;
    this.#value = value;
  }

  /** The credential itself. Hand it straight to a driver; never keep, log or return it. */
  expose(): string {
    return this.#value;
  }

  toString(): string {
    return `{${this.label}}`;
  }

  toJSON(): string {
    return `{${this.label}}`;
  }

  [inspect.custom](): string {
    return `{${this.label}}`;
  }
}
