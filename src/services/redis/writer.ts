import { ToolError } from '../../toolset/errors.ts';
import { OPTIONAL_WRITE_COMMAND, type WriteCommand } from './commands.ts';
import type { Argument, Connection } from './connection.ts';
import { ABSENT, type KeyImage } from './image.ts';
import { type Content, readContent } from './key-content.ts';
import { beginsWith } from './prefix.ts';
import { asList, asNumber, asText } from './reply.ts';
import type { ScopedKey } from './scoped-key.ts';

export type WriterCommand = WriteCommand | typeof OPTIONAL_WRITE_COMMAND;
export type WriterConnection = Connection<WriterCommand>;

/** A key as it was when the watch over it began. */
export interface Watched {
  readonly key: ScopedKey;
  readonly image: KeyImage;
  /** The fields, when it is a hash. */
  readonly fields: ReadonlyMap<string, Buffer>;
}

/** One change to one watched key. Times are Unix milliseconds; null means that the key has no end. */
export type WriteStep =
  | {
      readonly kind: 'set';
      readonly key: ScopedKey;
      readonly value: Buffer;
      readonly expiresAt: number | null;
    }
  | { readonly kind: 'delete'; readonly key: ScopedKey }
  | { readonly kind: 'expire'; readonly key: ScopedKey; readonly expiresAt: number | null }
  | {
      readonly kind: 'hash_set';
      readonly key: ScopedKey;
      readonly fields: readonly (readonly [Buffer, Buffer])[];
    }
  | {
      readonly kind: 'restore';
      readonly key: ScopedKey;
      readonly dump: Buffer;
      readonly expiresAt: number | null;
    };

/** Most bytes of DUMP that one call may record as the way back. */
export const CAPTURE_LIMIT = 1024 * 1024;

/**
 * Writes within one prefix, on a connection of its own: first `watch`, then one `commit`.
 *
 * Only watched keys can be changed, and only if nobody else changed them since. It is no reader and a reader
 * is no writer: they share no method by which one could stand in for the other.
 */
export class RedisWriter {
  readonly #connection: WriterConnection;
  readonly #prefix: Buffer;
  readonly #isRehearsal: boolean;
  readonly #watched = new Map<string, Watched>();

  /** @param how a rehearsal has the server judge every change, and makes none */
  constructor(connection: WriterConnection, prefix: Buffer, how = { isRehearsal: false }) {
    this.#isRehearsal = how.isRehearsal;
    this.#connection = connection;
    this.#prefix = prefix;
  }

  /** Watches the keys and captures them. Throws ToolError('result_too_large') when the way back would not fit. */
  async watch(keys: readonly ScopedKey[], signal: AbortSignal): Promise<readonly Watched[]> {
    const bytes = keys.map((key) => this.#inside(key));
    await this.#connection.send('watch', bytes, signal);
    let left = CAPTURE_LIMIT;
    const seen: Watched[] = [];
    for (const key of keys) {
      const one = await this.#capture(key, left, signal);
      left -= one.image.dump === null ? 0 : Buffer.byteLength(one.image.dump, 'base64');
      this.#watched.set(id(key), one);
      seen.push(one);
    }
    return seen;
  }

  /** What `watch` saw. Throws for a key that is not watched, so that nothing is written without its way back. */
  watched(key: ScopedKey): Watched {
    const seen = this.#watched.get(id(key));
    if (!seen) throw new TypeError('a key is changed only after it was captured');
    return seen;
  }

  /** The server's clock, Unix milliseconds. */
  async now(signal: AbortSignal): Promise<number> {
    const [seconds, micros] = asList(await this.#connection.send('time', [], signal)).map(asText);
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /**
   * Makes the changes, all or none. Not to be cancelled: it ends when the server has answered.
   * Throws ToolError('conflict') when a key changed since `watch`, `outcome_unknown` when the connection broke.
   */
  async commit(steps: readonly WriteStep[], signal: AbortSignal): Promise<void> {
    for (const { key } of steps) {
      this.#inside(key);
      this.watched(key);
    }
    if (signal.aborted) throw new ToolError('cancelled', 'the call was cancelled; nothing was written');
    if (steps.length === 0) return;
    if (this.#isRehearsal) await this.#connection.rehearse(steps.map(wire));
    else await this.#connection.transaction(steps.map(wire));
  }

  async #capture(key: ScopedKey, limit: number, signal: AbortSignal): Promise<Watched> {
    const at = key.bytes;
    const name = key.name;
    const type = asText(await this.#connection.send('type', [at], signal));
    if (type === 'none') {
      const image = { key: name, type, dump: null, expires_at: null, fingerprint: ABSENT };
      return { key, image, fields: new Map() };
    }
    const { dump, fingerprint, fields }: Content = await readContent(
      this.#connection,
      type,
      at,
      limit,
      signal,
    );
    const expires_at = await this.#expiry(at, signal);
    return {
      key,
      image: { key: name, type, dump: dump.toString('base64'), expires_at, fingerprint },
      fields,
    };
  }

  /** Exact where the server can tell (7.0 and later), else from the remaining time and the server's clock. */
  async #expiry(at: Buffer, signal: AbortSignal): Promise<number | null> {
    try {
      const exact = asNumber(await this.#connection.send(OPTIONAL_WRITE_COMMAND, [at], signal));
      return exact < 0 ? null : exact;
    } catch (error) {
      // An account may lack the command, and an older server does not know it.
      const isWithout =
        error instanceof ToolError && ['query_failed', 'permission_denied'].includes(error.code);
      if (!isWithout) throw error;
    }
    const [left, now] = await Promise.all([
      this.#connection.send('pttl', [at], signal).then(asNumber),
      this.now(signal),
    ]);
    return left < 0 ? null : now + left;
  }

  #inside(key: ScopedKey): Buffer {
    const bytes = key.bytes;
    if (!beginsWith(bytes, this.#prefix))
      throw new TypeError('a key of another target reached this connection');
    return bytes;
  }
}

const id = (key: ScopedKey): string => key.bytes.toString('latin1');

function wire(step: WriteStep): readonly [WriterCommand, readonly Argument[]] {
  const key = step.key.bytes;
  switch (step.kind) {
    case 'set':
      return ['set', [key, step.value, ...(step.expiresAt === null ? [] : ['PXAT', `${step.expiresAt}`])]];
    case 'delete':
      return ['del', [key]];
    case 'expire':
      return step.expiresAt === null ? ['persist', [key]] : ['pexpireat', [key, `${step.expiresAt}`]];
    case 'hash_set':
      return ['hset', [key, ...step.fields.flat()]];
    case 'restore':
      return ['restore', [key, `${step.expiresAt ?? 0}`, step.dump, 'REPLACE', 'ABSTTL']];
  }
}
