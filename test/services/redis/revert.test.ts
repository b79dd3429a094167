import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { remove } from '../../../src/services/redis/tools/delete.ts';
import { expire } from '../../../src/services/redis/tools/expire.ts';
import { hashSet } from '../../../src/services/redis/tools/hash-set.ts';
import { set } from '../../../src/services/redis/tools/set.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from './fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('the way back of a write to Redis', () => {
  const p = freshPrefix('revert');
  let admin: Admin;
  let redis: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    redis = await openRedis(server, { mine: { match: p } });
  });
  afterAll(() => admin.close());

  /** All that the server would restore of a key: its content in a canonical order, its type and its end. */
  const stateOf = async (key: string) => {
    const type = String(await admin.run('TYPE', key));
    const sorted = async (...words: string[]) => ((await admin.run(...words)) as Buffer[]).map(hex).sort();
    const content =
      type === 'set'
        ? await sorted('SMEMBERS', key)
        : type === 'hash'
          ? await Promise.all(
              (await sorted('HKEYS', key)).map(async (field) => [
                field,
                hex((await admin.run('HGET', key, Buffer.from(field, 'hex'))) as Buffer),
              ]),
            )
          : hex((await admin.run('DUMP', key)) as Buffer | null);
    return { type, content, end: await admin.run('PEXPIRETIME', key) };
  };

  /** Makes a key of a random type, size and time to live. */
  const makeKey = async (key: string) => {
    const size = [1, 5, 200, 900][randomInt(4)] ?? 1;
    const value = () => randomBytes(randomInt(1, 90));
    const many = <T>(make: (i: number) => T[]) => Array.from({ length: size }, (_, i) => make(i)).flat();
    const makers: readonly (readonly (string | Buffer | number)[])[] = [
      ['SET', key, value()],
      ['SET', key, `${randomInt(100_000)}`],
      ['RPUSH', key, ...many(() => [value()])],
      ['HSET', key, ...many((i) => [`f${i}`, value()])],
      ['SADD', key, ...many(() => [value()])],
      ['SADD', key, ...many((i) => [i])],
      ['ZADD', key, ...many((i) => [Math.random() * 100, `m${i}`])],
      ['XADD', key, '7-1', ...many((i) => [`f${i}`, value()])],
      ['PFADD', key, ...many((i) => [i])],
    ];
    await admin.run(...(makers[randomInt(makers.length)] ?? []));
    if (randomInt(2)) await admin.run('PEXPIRE', key, randomInt(60_000, 600_000));
  };

  const attempt = async (key: string) => {
    const type = String(await admin.run('TYPE', key));
    const pick = randomInt(4);
    if (pick === 0 && (type === 'string' || type === 'none')) return roundTrip(set, { key, value: 'new' });
    if (pick === 1 && (type === 'hash' || type === 'none'))
      return roundTrip(hashSet, { key, fields: { f1: 'new', added: 'x' } });
    if (pick === 2 && type !== 'none') {
      const args = randomInt(2) ? { key, persist: true as const } : { key, ttl_seconds: 1000 };
      return roundTrip(expire, args);
    }
    return roundTrip(remove, { keys: [key] });
  };

  const roundTrip = async (...[tool, args]: RoundTrip) => {
    const written = await redis.write(tool as typeof set, 'mine', args as never);
    await redis.revert(tool as typeof set, 'mine', args as never, written);
  };

  test('puts back content, type and end of any key', async () => {
    for (let i = 0; i < 150; i++) {
      const key = `${p}any${i}`;
      if (i % 8 !== 0) await makeKey(key);
      const before = await stateOf(key);
      await attempt(key);
      expect(await stateOf(key)).toEqual(before);
    }
  });

  test('restores many keys at once', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => `${p}many${i}`);
    for (const key of keys) await makeKey(key);
    const before = await Promise.all(keys.map(stateOf));
    const written = await redis.write(remove, 'mine', { keys });
    expect(await admin.run('EXISTS', ...keys)).toBe(0);
    await redis.revert(remove, 'mine', { keys }, written);
    expect(await Promise.all(keys.map(stateOf))).toEqual(before);
  });

  const someoneElse: readonly (readonly [string, (key: string) => Promise<unknown>])[] = [
    ['changes the value', (key) => admin.run('SET', key, 'theirs')],
    ['appends to it', (key) => admin.run('APPEND', key, '!')],
    ['deletes it', (key) => admin.run('DEL', key)],
    ['gives it an end', (key) => admin.run('EXPIRE', key, 500)],
  ];
  test.each(someoneElse)('refuses when somebody %s afterwards', async (_what, interfere) => {
    const key = `${p}conflict`;
    await admin.run('SET', key, 'old');
    const written = await redis.write(set, 'mine', { key, value: 'new' });
    await interfere(key);
    const theirs = await stateOf(key);
    await expect(redis.revert(set, 'mine', { key, value: 'new' }, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await stateOf(key)).toEqual(theirs);
  });

  test('refuses all keys when one of them conflicts', async () => {
    const keys = [`${p}one`, `${p}two`];
    await admin.run('MSET', `${p}one`, '1', `${p}two`, '2');
    const written = await redis.write(remove, 'mine', { keys });
    await admin.run('SET', `${p}two`, 'theirs');
    await expect(redis.revert(remove, 'mine', { keys }, written)).rejects.toMatchObject({ code: 'conflict' });
    expect(await admin.run('EXISTS', `${p}one`)).toBe(0);
  });

  test('a key whose own end came meanwhile is no conflict, and stays gone if the old one had ended too', async () => {
    const key = `${p}ended`;
    await admin.run('SET', key, 'old');
    const written = await redis.write(set, 'mine', { key, value: 'new', ttl_seconds: 300 });
    const past = Date.now() - 1000;
    await admin.run('DEL', key);
    const after = JSON.parse(JSON.stringify(written.after));
    after.keys[0].expires_at = past;
    await redis.revert(set, 'mine', { key, value: 'new' }, { ...written, after });
    expect(String(await admin.run('GET', key))).toBe('old');
    const before = JSON.parse(JSON.stringify(written.before));
    before.keys[0].expires_at = past;
    const again = await redis.write(set, 'mine', { key, value: 'new' });
    await redis.revert(set, 'mine', { key, value: 'new' }, { ...again, before });
    expect(await admin.run('EXISTS', key)).toBe(0);
  });

  test('a hash that the server reorders meanwhile is no conflict', async () => {
    const key = `${p}grow`;
    await admin.run('HSET', key, ...Array.from({ length: 2000 }, (_, i) => [`f${i}`, 'x']).flat());
    const fields = { f1: 'y' };
    const written = await redis.write(hashSet, 'mine', { key, fields });
    // Grows the table and shrinks it again: other order, same content.
    const extra = Array.from({ length: 9000 }, (_, i) => `extra${i}`);
    await admin.run('HSET', key, ...extra.flatMap((field) => [field, 'x']));
    await admin.run('HDEL', key, ...extra);
    await redis.revert(hashSet, 'mine', { key, fields }, written);
    expect(String(await admin.run('HGET', key, 'f1'))).toBe('x');
  });
});

type RoundTrip =
  | [typeof set, { key: string; value: string }]
  | [typeof hashSet, { key: string; fields: Record<string, string> }]
  | [typeof expire, { key: string; persist?: true; ttl_seconds?: number }]
  | [typeof remove, { keys: string[] }];

const hex = (bytes: Buffer | null): string => bytes?.toString('hex') ?? 'none';
