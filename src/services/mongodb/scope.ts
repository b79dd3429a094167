import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { DatabaseEntry } from './connection.ts';
import { CollectionName, isDatabase, isReached } from './names.ts';

type MongoTarget = Target<DatabaseEntry>;

/** A collection or view inside a target. Only this file makes one, and every command on one is built from it. */
export class ScopedCollection {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** Throws ToolError('not_linked') unless the target reaches the name. */
  static within(target: MongoTarget, name: string): ScopedCollection {
    assertDatabase(target);
    if (isReached(target.scope.collections, name)) return new ScopedCollection(name);
    if (!CollectionName.safeParse(name).success)
      throw new ToolError(
        'not_linked',
        `${JSON.stringify(name.slice(0, 100))} is no collection of an application`,
      );
    const open = target.scope.collections?.join(', ') ?? 'none';
    throw new ToolError('not_linked', `${name} is outside ${target.name}, which reaches: ${open}`);
  }

  toString(): string {
    return this.name;
  }
}

function assertDatabase({ component, sub }: MongoTarget): void {
  if (sub === undefined) throw new ToolError('target_required', `name one database of ${component}`);
  if (!isDatabase(sub))
    throw new ToolError('not_linked', `${sub} is no database of an application; take it out of the topology`);
}
