import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { type Bytes, fromBytes, printable } from './bytes.ts';
import { beginsWith, escapeGlob, type PrefixEntry, prefixBytes } from './prefix.ts';

/** A key that is inside a target's prefix. Only {@link keyIn} makes one, and no reader or writer takes another. */
export class ScopedKey {
  readonly #bytes: Buffer;
  /** As the call named it. */
  readonly name: Bytes;

  private constructor(name: Bytes, bytes: Buffer) {
    this.name = name;
    this.#bytes = bytes;
  }

  /** Throws ToolError('not_linked') unless the key begins with the prefix of the target. */
  static within(target: Target<PrefixEntry>, name: Bytes): ScopedKey {
    const bytes = fromBytes(name);
    if (bytes.length === 0) throw new ToolError('invalid_arguments', 'a key has at least one byte');
    if (!beginsWith(bytes, prefixBytes(target.scope)))
      throw new ToolError(
        'not_linked',
        `the key is outside ${target.name}: name a whole key that begins with ${JSON.stringify(target.scope.match)}`,
      );
    return new ScopedKey(name, bytes);
  }

  /** A copy, so that nobody can change the key after its check. */
  get bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  toString(): string {
    return printable(this.name);
  }
}

/** The one road from a call's argument to a key. Throws ToolError('not_linked') for a key outside the target. */
export const keyIn = (target: Target<PrefixEntry>, name: Bytes): ScopedKey => ScopedKey.within(target, name);

/** A pattern for SCAN that can match only inside a target's prefix. */
export class ScopedPattern {
  readonly #prefix: Buffer;
  readonly #glob: Buffer;

  private constructor(prefix: Buffer, glob: Buffer) {
    this.#prefix = prefix;
    this.#glob = glob;
  }

  /** @param pattern a Redis glob for what follows the prefix */
  static within(target: Target<PrefixEntry>, pattern: string): ScopedPattern {
    const prefix = prefixBytes(target.scope);
    const glob = Buffer.concat([Buffer.from(escapeGlob(prefix.toString('utf8'))), fromBytes(pattern)]);
    return new ScopedPattern(prefix, glob);
  }

  get glob(): Buffer {
    return Buffer.from(this.#glob);
  }

  /** Whether a key that the server returned is inside the prefix; asked again, whatever the glob did. */
  reaches(key: Buffer): boolean {
    return beginsWith(key, this.#prefix);
  }
}
