import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { remove } from '../../../src/services/redis/tools/delete.ts';
import { expire } from '../../../src/services/redis/tools/expire.ts';
import { hashSet } from '../../../src/services/redis/tools/hash-set.ts';
import { set } from '../../../src/services/redis/tools/set.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from './fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('write tools of Redis', () => {
  const p = freshPrefix('write');
  let admin: Admin;
  let redis: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    redis = await openRedis(server, { mine: { match: p } });
  });
  afterAll(() => admin.close());

  const text = async (key: string) => String(await admin.run('GET', key));

  test('redis_set writes a value, with or without an end', async () => {
    const key = `${p}a`;
    const first = await redis.write(set, 'mine', { key, value: 'één', ttl_seconds: 100 });
    expect(first.output).toEqual({ key, existed: false, bytes: 5 });
    expect(await text(key)).toBe('één');
    expect(await admin.run('TTL', key)).toBeGreaterThan(0);
    const second = await redis.write(set, 'mine', { key, value: 'two' });
    expect(second.output.existed).toBe(true);
    expect(await admin.run('TTL', key)).toBe(-1);
  });

  test('redis_set heeds only_if and leaves another type alone', async () => {
    const key = `${p}cond`;
    await expect(redis.write(set, 'mine', { key, value: 'x', only_if: 'exists' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await admin.run('EXISTS', key)).toBe(0);
    await redis.write(set, 'mine', { key, value: 'x', only_if: 'absent' });
    await expect(redis.write(set, 'mine', { key, value: 'y', only_if: 'absent' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await text(key)).toBe('x');
    await admin.run('RPUSH', `${p}l`, 'a');
    await expect(redis.write(set, 'mine', { key: `${p}l`, value: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await admin.run('LLEN', `${p}l`)).toBe(1);
  });

  test('redis_delete deletes what is there and names what is not', async () => {
    await admin.run('MSET', `${p}d1`, 'x', `${p}d2`, 'x');
    const { output } = await redis.write(remove, 'mine', { keys: [`${p}d1`, `${p}d2`, `${p}d1`, `${p}d3`] });
    expect(output).toEqual({ deleted: [`${p}d1`, `${p}d2`], missing: [`${p}d3`] });
    expect(await admin.run('EXISTS', `${p}d1`, `${p}d2`)).toBe(0);
  });

  test('redis_expire gives a key an end and takes it away', async () => {
    const key = `${p}e`;
    await admin.run('SET', key, 'x');
    const { output } = await redis.write(expire, 'mine', { key, ttl_seconds: 50 });
    expect(await admin.run('PEXPIRETIME', key)).toBe(Date.parse(output.expires_at ?? ''));
    await redis.write(expire, 'mine', { key, persist: true });
    expect(await admin.run('TTL', key)).toBe(-1);
    await expect(redis.write(expire, 'mine', { key: `${p}no`, persist: true })).rejects.toMatchObject({
      code: 'not_found',
    });
    for (const args of [{ key }, { key, persist: true, ttl_seconds: 1 }, { key, ttl_seconds: 0 }])
      expect(expire.params.safeParse(args).success).toBe(false);
  });

  test('redis_hash_set adds and changes fields, and keeps the others and the end', async () => {
    const key = `${p}h`;
    await admin.run('HSET', key, 'a', '1', 'b', '2');
    await admin.run('EXPIRE', key, 500);
    const { output } = await redis.write(hashSet, 'mine', { key, fields: { b: '3', c: '4' } });
    expect(output).toEqual({ key, added: 1, changed: 1 });
    expect(((await admin.run('HGETALL', key)) as Buffer[]).map(String)).toEqual([
      'a',
      '1',
      'b',
      '3',
      'c',
      '4',
    ]);
    expect(await admin.run('TTL', key)).toBeGreaterThan(0);
    expect(hashSet.params.safeParse({ key, fields: {} }).success).toBe(false);
    await admin.run('SET', `${p}string`, 'x');
    await expect(
      redis.write(hashSet, 'mine', { key: `${p}string`, fields: { a: '1' } }),
    ).rejects.toMatchObject({ code: 'query_failed' });
  });

  test('a key that somebody changes between capture and write makes the write fail', async () => {
    const key = `${p}race`;
    await admin.run('SET', key, 'old');
    const between = async () => {
      await admin.run('SET', key, 'theirs');
    };
    const attempts = [
      () => redis.write(set, 'mine', { key, value: 'mine' }, { between }),
      () => redis.write(remove, 'mine', { keys: [key] }, { between }),
      () => redis.write(expire, 'mine', { key, ttl_seconds: 5 }, { between }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'conflict' });
    expect(await text(key)).toBe('theirs');
    expect(await admin.run('TTL', key)).toBe(-1);
  });

  test('what the revert needs is recorded before the write is sent', async () => {
    const key = `${p}order`;
    let atRecord: unknown;
    const recording = async () => {
      atRecord = await admin.run('EXISTS', key);
    };
    const { after } = await redis.write(set, 'mine', { key, value: 'v' }, { recording });
    expect(atRecord).toBe(0);
    expect(after).toEqual({
      keys: [{ key, expires_at: null, fingerprint: expect.stringMatching(/^string:[0-9a-f]{64}$/) }],
    });
  });

  test('a write whose way back cannot be recorded does not happen', async () => {
    const key = `${p}unrecorded`;
    const recording = async () => {
      throw new Error('disk full');
    };
    await expect(redis.write(set, 'mine', { key, value: 'v' }, { recording })).rejects.toThrow('disk full');
    expect(await admin.run('EXISTS', key)).toBe(0);
  });

  test('a key too large for its way back is not touched', async () => {
    const key = `${p}large`;
    await admin.run('SET', key, randomBytes(1_100_000));
    await expect(redis.write(remove, 'mine', { keys: [key] })).rejects.toMatchObject({
      code: 'result_too_large',
    });
    await admin.run('SETRANGE', key, 20_000_000, 'x');
    await expect(redis.write(set, 'mine', { key, value: 'x' })).rejects.toMatchObject({
      code: 'result_too_large',
    });
    expect(await admin.run('STRLEN', key)).toBe(20_000_001);
    await admin.run('DEL', key);
  });

  test('a write that is cancelled before it is sent writes nothing', async () => {
    const key = `${p}cancel`;
    const abort = new AbortController();
    const between = async () => abort.abort();
    await expect(
      redis.write(set, 'mine', { key, value: 'x' }, { signal: abort.signal, between }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await admin.run('EXISTS', key)).toBe(0);
  });

  test('half of a surrogate pair is refused instead of being replaced', async () => {
    const cases = [
      { key: `${p}\ud800`, value: 'x' },
      { key: `${p}sur`, value: '\udfff' },
    ];
    for (const args of cases)
      await expect(redis.write(set, 'mine', args)).rejects.toMatchObject({ code: 'invalid_arguments' });
  });

  test('scope names each key once, under its target', () => {
    const scope = remove.scope(redis.target('mine'), { keys: [`${p}1`, `${p}2`, `${p}1`] });
    expect(scope).toEqual({ resources: [`cache/mine:${p}1`, `cache/mine:${p}2`], atMost: 2 });
  });
});
