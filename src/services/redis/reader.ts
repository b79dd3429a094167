import type { ReadCommand } from './commands.ts';
import type { Argument, Connection } from './connection.ts';
import { beginsWith } from './prefix.ts';
import { asBuffer, asBufferOrNull, asList, asNumber, asPairs, asScan, asText, type Reply } from './reply.ts';
import type { ScopedKey, ScopedPattern } from './scoped-key.ts';

/** Items of one step of a scan, and where to go on; cursor `0` means that it went round. */
export interface Step<T> {
  readonly cursor: string;
  readonly items: readonly T[];
}

/** One entry of the slow log; the arguments may hold anybody's keys and values. */
export interface SlowEntry {
  readonly id: number;
  readonly unixSeconds: number;
  readonly microseconds: number;
  readonly words: readonly Buffer[];
}

export interface StreamEntry {
  readonly id: string;
  readonly fields: readonly (readonly [Buffer, Buffer])[];
}

/** Bounds of scores; infinite ones leave a side open. */
export interface ScoreRange {
  readonly min: number;
  readonly max: number;
  readonly isReversed: boolean;
}

/** The types that Redis names with TYPE, and `none` for a key that does not exist. */
export type KeyType = string;

const SAMPLE_ALL = '0';

/**
 * Reads at one component. Each method sends one named read command; there is none for another.
 *
 * Keys are taken only as {@link ScopedKey}s, and compared once more with the prefix that the connection was
 * opened for, right before they leave.
 */
export class RedisReader {
  readonly #connection: Connection<ReadCommand>;
  readonly #prefix: Buffer | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly database: number;

  /** @param prefix absent for a component as a whole: then every key is refused */
  constructor(
    connection: Connection<ReadCommand>,
    database: number,
    prefix: Buffer | undefined,
    signal?: AbortSignal,
  ) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#signal = signal;
    this.database = database;
  }

  /** The same reader for one call, whose end it heeds between and within commands. */
  during(signal: AbortSignal): RedisReader {
    return new RedisReader(this.#connection, this.database, this.#prefix, signal);
  }

  #send(command: ReadCommand, args: readonly Argument[] = []): Promise<Reply> {
    return this.#connection.send(command, args, this.#signal);
  }

  #at(command: ReadCommand, key: ScopedKey, ...args: readonly Argument[]): Promise<Reply> {
    const bytes = key.bytes;
    if (!this.#prefix || !beginsWith(bytes, this.#prefix))
      throw new TypeError('a key of another target reached this connection');
    return this.#send(command, [bytes, ...args]);
  }

  async type(key: ScopedKey): Promise<KeyType> {
    return asText(await this.#at('type', key));
  }

  /** Milliseconds to live; -1 for a key without an end, -2 for none. */
  async timeToLive(key: ScopedKey): Promise<number> {
    return asNumber(await this.#at('pttl', key));
  }

  async encoding(key: ScopedKey): Promise<string | null> {
    const reply = asBufferOrNull(await this.#at('object|encoding', key));
    return reply === null ? null : reply.toString();
  }

  /** Bytes in the server's memory, estimated from a few elements, or counted over all of them. */
  async memory(key: ScopedKey, sample: 'few' | 'all'): Promise<number> {
    const reply = await this.#at('memory|usage', key, ...(sample === 'all' ? ['SAMPLES', SAMPLE_ALL] : []));
    return reply === null ? 0 : asNumber(reply);
  }

  async stringLength(key: ScopedKey): Promise<number> {
    return asNumber(await this.#at('strlen', key));
  }

  /** Bytes `from` to `to`, both included. */
  async stringRange(key: ScopedKey, from: number, to: number): Promise<Buffer> {
    return asBuffer(await this.#at('getrange', key, `${from}`, `${to}`));
  }

  async scan(pattern: ScopedPattern, cursor: string, count: number): Promise<Step<Buffer>> {
    const { cursor: next, items } = asScan(
      await this.#send('scan', [cursor, 'MATCH', pattern.glob, 'COUNT', `${count}`]),
    );
    return { cursor: next, items: items.map(asBuffer).filter((key) => pattern.reaches(key)) };
  }

  async hashLength(key: ScopedKey): Promise<number> {
    return asNumber(await this.#at('hlen', key));
  }

  /** Bytes of a field's value; 0 for one that is not there. */
  async hashFieldLength(key: ScopedKey, field: Buffer): Promise<number> {
    return asNumber(await this.#at('hstrlen', key, field));
  }

  async hashFields(key: ScopedKey, fields: readonly Buffer[]): Promise<readonly (Buffer | null)[]> {
    return asList(await this.#at('hmget', key, ...fields)).map(asBufferOrNull);
  }

  async hashScan(
    key: ScopedKey,
    cursor: string,
    count: number,
  ): Promise<Step<readonly [field: Buffer, value: Buffer]>> {
    const step = asScan(await this.#at('hscan', key, cursor, 'COUNT', `${count}`));
    return { cursor: step.cursor, items: asPairs(step.items).map(([f, v]) => [asBuffer(f), asBuffer(v)]) };
  }

  async listLength(key: ScopedKey): Promise<number> {
    return asNumber(await this.#at('llen', key));
  }

  async listRange(key: ScopedKey, from: number, to: number): Promise<readonly Buffer[]> {
    return asList(await this.#at('lrange', key, `${from}`, `${to}`)).map(asBuffer);
  }

  async setLength(key: ScopedKey): Promise<number> {
    return asNumber(await this.#at('scard', key));
  }

  async setScan(key: ScopedKey, cursor: string, count: number): Promise<Step<Buffer>> {
    const step = asScan(await this.#at('sscan', key, cursor, 'COUNT', `${count}`));
    return { cursor: step.cursor, items: step.items.map(asBuffer) };
  }

  async sortedSetLength(key: ScopedKey): Promise<number> {
    return asNumber(await this.#at('zcard', key));
  }

  /** Members by position from 0, lowest score first, or highest first when reversed. */
  async sortedSetByRank(key: ScopedKey, from: number, to: number, isReversed: boolean) {
    const order = isReversed ? ['REV'] : [];
    return scored(await this.#at('zrange', key, `${from}`, `${to}`, ...order, 'WITHSCORES'));
  }

  /** Members whose score lies between two bounds, both included, after the first `offset` of them. */
  async sortedSetByScore(key: ScopedKey, range: ScoreRange, offset: number, count: number) {
    const bounds = [scoreText(range.min), scoreText(range.max)];
    const order = range.isReversed ? [...bounds.reverse(), 'BYSCORE', 'REV'] : [...bounds, 'BYSCORE'];
    const limit = ['LIMIT', `${offset}`, `${count}`, 'WITHSCORES'];
    return scored(await this.#at('zrange', key, ...order, ...limit));
  }

  async streamLength(key: ScopedKey): Promise<number> {
    return asNumber(await this.#at('xlen', key));
  }

  async streamRange(
    key: ScopedKey,
    start: string,
    end: string,
    count: number,
  ): Promise<readonly StreamEntry[]> {
    const entries = asList(await this.#at('xrange', key, start, end, 'COUNT', `${count}`));
    return entries.map((entry) => {
      const [id, fields] = asList(entry);
      return { id: asText(id), fields: asPairs(fields).map(([f, v]) => [asBuffer(f), asBuffer(v)]) };
    });
  }

  /** One flat list of names and values for each consumer group. */
  async streamGroups(key: ScopedKey): Promise<readonly ReadonlyMap<string, Reply>[]> {
    return asList(await this.#at('xinfo|groups', key)).map(byName);
  }

  /** One section of INFO, as the server prints it. */
  async info(section: string): Promise<string> {
    return asText(await this.#send('info', [section]));
  }

  async slowLog(count: number): Promise<readonly SlowEntry[]> {
    return asList(await this.#send('slowlog|get', [`${count}`])).map((entry) => {
      const [id, time, took, words] = asList(entry);
      return {
        id: asNumber(id),
        unixSeconds: asNumber(time),
        microseconds: asNumber(took),
        words: asList(words).map(asBuffer),
      };
    });
  }

  async slowLogLength(): Promise<number> {
    return asNumber(await this.#send('slowlog|len'));
  }

  async memoryStats(): Promise<ReadonlyMap<string, Reply>> {
    return byName(await this.#send('memory|stats'));
  }

  async memoryAdvice(): Promise<string> {
    return asText(await this.#send('memory|doctor'));
  }

  /** CLIENT LIST, a client a line. */
  async clientList(): Promise<string> {
    return asText(await this.#send('client|list'));
  }
}

const byName = (reply: Reply): ReadonlyMap<string, Reply> =>
  new Map(asPairs(reply).map(([name, value]) => [asText(name), value]));

/** Redis has no JSON's trouble with infinity, and names it so. */
const scoreText = (score: number): string =>
  score === Number.POSITIVE_INFINITY ? '+inf' : score === Number.NEGATIVE_INFINITY ? '-inf' : `${score}`;

const scored = (reply: Reply): readonly { member: Buffer; score: string }[] =>
  asPairs(reply).map(([member, score]) => ({ member: asBuffer(member), score: asText(score) }));
