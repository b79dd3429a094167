import { ToolError } from '../../../toolset/errors.ts';

const made = new WeakSet<object>();
declare const brand: unique symbol;

/** One statement that the guard allowed, with the schemas it was checked against. Only the guard makes one. */
export interface GuardedSelect {
  readonly [brand]: 'GuardedSelect';
  readonly sql: string;
  readonly schemas: readonly string[];
}

/** For the guard alone: marks a statement as allowed. */
export function allow(sql: string, schemas: readonly string[]): GuardedSelect {
  const statement = Object.freeze({ sql, schemas: Object.freeze([...schemas]) });
  made.add(statement);
  return statement as GuardedSelect;
}

/** Throws unless the guard made this very object: a cast can forge the type, not this. */
export function assertGuarded(statement: GuardedSelect): void {
  if (!made.has(statement)) throw new ToolError('internal', 'The statement did not come from the guard.');
}
