import type { Target, WriteScope } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { BucketEntry } from './connection.ts';
import { BucketName, beginsWithOne, keyFault, prefixFault } from './names.ts';

type S3Target = Target<BucketEntry>;

/** A key inside a target. Only {@link keyIn} makes one, and no client takes another. */
export class ScopedKey {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** Throws ToolError('not_linked') unless the key begins with a prefix of the target. */
  static within(target: S3Target, name: string): ScopedKey {
    const fault = keyFault(name);
    if (fault !== undefined) throw new ToolError('invalid_arguments', `key: ${fault}`);
    if (!beginsWithOne(name, target.scope.prefixes)) throw outside(target, 'the key');
    return new ScopedKey(name);
  }

  toString(): string {
    return this.name;
  }
}

/** The one road from a call's argument to a key. Throws ToolError. */
export const keyIn = (target: S3Target, name: string): ScopedKey => ScopedKey.within(target, name);

/** The start of keys inside a target, for lists; what comes back is compared with it again. */
export class ScopedPrefix {
  readonly start: string;

  private constructor(start: string) {
    this.start = start;
  }

  /**
   * @param given absent: the whole target
   * Throws ToolError('not_linked') for one that could reach beyond the target, and ToolError('invalid_arguments')
   * where the target has several prefixes and the call names none.
   */
  static within(target: S3Target, given: string | undefined): ScopedPrefix {
    const { prefixes } = target.scope;
    if (given === undefined || given === '') return new ScopedPrefix(onlyPrefix(prefixes));
    const fault = prefixFault(given);
    if (fault !== undefined) throw new ToolError('invalid_arguments', `prefix: ${fault}`);
    if (!beginsWithOne(given, prefixes)) throw outside(target, 'the prefix');
    return new ScopedPrefix(given);
  }

  reaches(text: string): boolean {
    return text.startsWith(this.start);
  }
}

function onlyPrefix(prefixes: readonly string[] | undefined): string {
  if (prefixes === undefined) return '';
  const [only, another] = prefixes;
  if (only !== undefined && another === undefined) return only;
  throw new ToolError('invalid_arguments', `prefix: begin with one of ${shown(prefixes)}`);
}

const outside = ({ name, scope }: S3Target, what: string): ToolError =>
  new ToolError('not_linked', `${what} is outside ${name}: begin with one of ${shown(scope.prefixes ?? [])}`);

const shown = (prefixes: readonly string[]): string =>
  prefixes.map((prefix) => JSON.stringify(prefix)).join(', ');

/** Name of the target's bucket at the server. Comes from the topology alone. Throws without a target. */
export function bucketOf(sub: string | undefined, { bucket = sub }: BucketEntry): string {
  const name = BucketName.safeParse(bucket);
  if (sub !== undefined && name.success) return name.data;
  throw new ToolError('target_required', 'name one bucket; the topology must give its name at the server');
}

/** What a write names for the gate: one object, and its version where it is about one. */
export const scopeOf = (target: S3Target, key: string, version?: string): WriteScope => ({
  resources: [`${target.name}/${keyIn(target, key)}${version === undefined ? '' : ` version ${version}`}`],
  atMost: 1,
});
