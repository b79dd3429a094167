import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';

export type JsonObject = { readonly [key: string]: JsonValue };

/** MongoDB itself nests up to 100 levels; deeper text is an attack on a parser, this one included. */
const MOST_DEPTH = 60;

/** Where in the arguments something is, for the sentence that refuses it. */
export class Place {
  readonly #path: string;
  readonly #depth: number;

  constructor(path: string, depth = 0) {
    this.#path = path;
    this.#depth = depth;
  }

  /** The place of a key or an element below this one. Throws ToolError('query_refused') when it is too deep. */
  at(key: string | number): Place {
    if (this.#depth >= MOST_DEPTH) this.refuse(`nests deeper than ${MOST_DEPTH} levels`);
    const step = typeof key === 'number' ? `[${key}]` : `.${key.slice(0, 100)}`;
    return new Place(`${this.#path}${step}`.slice(-500), this.#depth + 1);
  }

  /** Throws ToolError('query_refused'), naming the place and what was wrong. */
  refuse(why: string): never {
    throw new ToolError('query_refused', `${this.#path}: ${why}`);
  }

  /** The value as an object. Throws ToolError('query_refused'). */
  object(value: JsonValue | undefined): JsonObject {
    return isObject(value) ? value : this.refuse('expected an object');
  }

  /** The value as an array. Throws ToolError('query_refused'). */
  list(value: JsonValue | undefined): readonly JsonValue[] {
    return isList(value) ? value : this.refuse('expected an array');
  }

  /** The value as text. Throws ToolError('query_refused'). */
  text(value: JsonValue | undefined): string {
    return typeof value === 'string' ? value : this.refuse('expected text');
  }

  /** An object with no other key than those allowed. Throws ToolError('query_refused'). */
  options(value: JsonValue | undefined, allowed: readonly string[]): JsonObject {
    const object = this.object(value);
    for (const key of Object.keys(object))
      if (!allowed.includes(key)) this.at(key).refuse(`not known here; allowed: ${allowed.join(', ')}`);
    return object;
  }
}

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);
