import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { get } from '../../../src/services/redis/tools/get.ts';
import { hash } from '../../../src/services/redis/tools/hash.ts';
import { list } from '../../../src/services/redis/tools/list.ts';
import { scan } from '../../../src/services/redis/tools/scan.ts';
import { setMembers } from '../../../src/services/redis/tools/set-members.ts';
import { sortedSet } from '../../../src/services/redis/tools/sorted-set.ts';
import { stream } from '../../../src/services/redis/tools/stream.ts';
import { type } from '../../../src/services/redis/tools/type.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from './fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('read tools of Redis', () => {
  const p = freshPrefix('read');
  let admin: Admin;
  let redis: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    redis = await openRedis(server, { mine: { match: p } });
  });
  afterAll(() => admin.close());

  test('redis_get reads text, bytes and the absence of a key', async () => {
    await admin.run('SET', `${p}text`, 'naïve ✓');
    await admin.run('SET', `${p}bytes`, Buffer.from([0xff, 0x00, 0x80]));
    expect(await redis.read(get, 'mine', { key: `${p}text` })).toEqual({
      value: 'naïve ✓',
      offset: 0,
      total_bytes: 10,
      truncated: false,
    });
    expect((await redis.read(get, 'mine', { key: `${p}bytes` })).value).toEqual({ base64: '/wCA' });
    await expect(redis.read(get, 'mine', { key: `${p}none` })).rejects.toMatchObject({ code: 'not_found' });
    await admin.run('RPUSH', `${p}alist`, 'a');
    await expect(redis.read(get, 'mine', { key: `${p}alist` })).rejects.toMatchObject({
      code: 'query_failed',
      detail: expect.stringContaining('redis_list'),
    });
  });

  test('redis_get pages through a long value at character boundaries', async () => {
    const text = '✓'.repeat(20);
    await admin.run('SET', `${p}long`, text);
    let offset = 0;
    let read = '';
    for (;;) {
      const part = await redis.read(get, 'mine', { key: `${p}long`, offset, length: 7 });
      read += part.value;
      if (part.next_offset === undefined) break;
      expect(part.truncated).toBe(true);
      offset = part.next_offset;
    }
    expect(read).toBe(text);
  });

  test('redis_get of a huge value stays within the byte limit', async () => {
    await admin.run('SETRANGE', `${p}huge`, 64 * 1024 * 1024, '\u0001');
    const limits = { bytes: 10_000 };
    const found = await redis.read(get, 'mine', { key: `${p}huge`, length: 1_048_576 }, { limits });
    expect(Buffer.byteLength(JSON.stringify(found))).toBeLessThanOrEqual(10_000);
    expect(found).toMatchObject({ truncated: true, total_bytes: 64 * 1024 * 1024 + 1 });
    await admin.run('DEL', `${p}huge`);
  });

  test('redis_scan pages through the keys of the prefix, and only them', async () => {
    const q = freshPrefix('scan');
    const scoped = await openRedis(server ?? never(), { s: { match: q } });
    const names = Array.from({ length: 300 }, (_, i) => `${q}${i}`);
    await admin.run('MSET', ...names.flatMap((name) => [name, 'x']), `other-${q}1`, 'x');
    const found = new Set<unknown>();
    let cursor: string | null | undefined;
    do {
      const page = await scoped.read(scan, 's', { count: 70, ...(cursor ? { cursor } : {}) });
      expect(page.keys.length).toBeLessThanOrEqual(70);
      expect(page.truncated).toBe(page.cursor !== null);
      for (const key of page.keys) found.add(key);
      cursor = page.cursor;
    } while (cursor);
    expect([...found].sort()).toEqual([...names].sort());
    const some = await scoped.read(scan, 's', { pattern: '29?' });
    expect(some.keys.sort()).toEqual(names.filter((name) => /:29\d$/.test(name)).sort());
  });

  test('redis_scan refuses a made-up cursor and a pattern of many stars', async () => {
    for (const args of [{ cursor: 'b29w' }, { cursor: 'MC4wLjA' }, { pattern: '*a*a*a*a*a*a' }])
      await expect(redis.read(scan, 'mine', args)).rejects.toMatchObject({ code: 'invalid_arguments' });
  });

  test('a key that is not UTF-8 is shown and named in base64', async () => {
    const q = freshPrefix('bin');
    const scoped = await openRedis(server ?? never(), { s: { match: q } });
    await admin.run('SET', Buffer.concat([Buffer.from(q), Buffer.from([0xfe])]), 'x');
    const [key] = (await scoped.read(scan, 's', {})).keys;
    if (typeof key !== 'object' || !('base64' in key)) throw new Error('expected base64');
    expect((await scoped.read(get, 's', { key })).value).toBe('x');
  });

  test('redis_type tells type, time to live, encoding and memory', async () => {
    await admin.run('SET', `${p}number`, '42', 'PX', 100_000);
    const found = await redis.read(type, 'mine', { key: `${p}number` });
    expect(found).toMatchObject({ type: 'string', encoding: 'int' });
    expect(found.ttl_ms).toBeGreaterThan(0);
    expect(found.memory_bytes).toBeGreaterThan(0);
    await expect(redis.read(type, 'mine', { key: `${p}none` })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('redis_hash reads named fields and pages through a small and a large hash', async () => {
    for (const size of [100, 3000]) {
      const key = `${p}hash${size}`;
      const pairs = Array.from({ length: size }, (_, i) => [`f${i}`, `v${i}`]);
      await admin.run('HSET', key, ...pairs.flat());
      const found = new Map<unknown, unknown>();
      let cursor: string | null | undefined;
      do {
        const page = await redis.read(hash, 'mine', { key, count: 64, ...(cursor ? { cursor } : {}) });
        expect(page.fields.length).toBeLessThanOrEqual(64);
        expect(page.total_fields).toBe(size);
        for (const { field, value } of page.fields) found.set(field, value);
        cursor = page.cursor;
      } while (cursor);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(pairs));
    }
    const named = await redis.read(hash, 'mine', { key: `${p}hash100`, fields: ['f7', 'nope'] });
    expect(named.fields).toEqual([
      { field: 'f7', value: 'v7' },
      { field: 'nope', value: null },
    ]);
  });

  test('redis_list reads from either end', async () => {
    await admin.run('RPUSH', `${p}list`, ...Array.from({ length: 10 }, (_, i) => `e${i}`));
    expect(await redis.read(list, 'mine', { key: `${p}list`, start: 2, count: 3 })).toMatchObject({
      elements: ['e2', 'e3', 'e4'],
      total: 10,
      truncated: true,
      next_start: 5,
    });
    expect(await redis.read(list, 'mine', { key: `${p}list`, start: -2 })).toMatchObject({
      elements: ['e8', 'e9'],
      start: 8,
      truncated: false,
    });
  });

  test('redis_set_members pages through a set', async () => {
    const all = Array.from({ length: 700 }, (_, i) => `${i}`);
    await admin.run('SADD', `${p}set`, ...all);
    const found = new Set<unknown>();
    let cursor: string | null | undefined;
    do {
      const page = await redis.read(setMembers, 'mine', { key: `${p}set`, ...(cursor ? { cursor } : {}) });
      expect(page.members.length).toBeLessThanOrEqual(100);
      for (const member of page.members) found.add(member);
      cursor = page.cursor;
    } while (cursor);
    expect([...found].sort()).toEqual([...all].sort());
  });

  test('redis_sorted_set reads by rank and by score, in both directions, with infinite scores', async () => {
    await admin.run('ZADD', `${p}zset`, '-inf', 'a', 1.5, 'b', 2, 'c', 'inf', 'd');
    const key = `${p}zset`;
    expect(await redis.read(sortedSet, 'mine', { key })).toMatchObject({
      members: [
        { member: 'a', score: '-inf' },
        { member: 'b', score: 1.5 },
        { member: 'c', score: 2 },
        { member: 'd', score: 'inf' },
      ],
      total: 4,
      truncated: false,
    });
    const members = async (args: object) =>
      (await redis.read(sortedSet, 'mine', { key, ...args })).members.map(({ member }) => member);
    expect(await members({ min_score: 1.5, max_score: 2 })).toEqual(['b', 'c']);
    expect(await members({ min_score: 1.5, highest_first: true })).toEqual(['d', 'c', 'b']);
    expect(await members({ min_score: 1.5, start: 1, count: 1 })).toEqual(['c']);
    expect(await redis.read(sortedSet, 'mine', { key, highest_first: true, count: 2 })).toMatchObject({
      members: [{ member: 'd' }, { member: 'c' }],
      truncated: true,
      next_start: 2,
    });
  });

  test('redis_stream reads entries and groups, and goes on after the last', async () => {
    const key = `${p}stream`;
    for (let i = 1; i <= 5; i++) await admin.run('XADD', key, `${i}-0`, 'n', i, 'm', 'x');
    await admin.run('XGROUP', 'CREATE', key, 'workers', '2-0');
    const first = await redis.read(stream, 'mine', { key, count: 2 });
    expect(first).toMatchObject({
      entries: [
        {
          id: '1-0',
          fields: [
            { field: 'n', value: '1' },
            { field: 'm', value: 'x' },
          ],
        },
        { id: '2-0' },
      ],
      total: 5,
      groups: [{ name: 'workers', consumers: 0, pending: 0, last_delivered_id: '2-0' }],
      truncated: true,
      next_start: '(2-0',
    });
    const rest = await redis.read(stream, 'mine', { key, start: first.next_start ?? '-' });
    expect(rest.entries.map(({ id }) => id)).toEqual(['3-0', '4-0', '5-0']);
    expect(rest.truncated).toBe(false);
    expect((await redis.read(stream, 'mine', { key, start: '2', end: '3-0' })).entries).toHaveLength(2);
  });

  test('a long member of a collection is shown by its start', async () => {
    await admin.run('RPUSH', `${p}fat`, '✓'.repeat(10_000), 'thin');
    const { elements } = await redis.read(list, 'mine', { key: `${p}fat` });
    expect(elements).toEqual([{ start: '✓'.repeat(2730), bytes: 30_000 }, 'thin']);
  });

  test('every collection stays within the byte limit, whatever its members', async () => {
    const fat = Array.from({ length: 40 }, (_, i) => `${i}${'\u0001'.repeat(3000)}`);
    await admin.run('RPUSH', `${p}fl`, ...fat);
    await admin.run('SADD', `${p}fs`, ...fat);
    await admin.run('HSET', `${p}fh`, ...fat.flatMap((one, i) => [`${i}`, one]));
    await admin.run('ZADD', `${p}fz`, ...fat.flatMap((one, i) => [i, one]));
    await admin.run('XADD', `${p}fx`, '1-0', ...fat.flatMap((one, i) => [`${i}`, one]));
    const limits = { bytes: 20_000 };
    const results = [
      await redis.read(list, 'mine', { key: `${p}fl` }, { limits }),
      await redis.read(setMembers, 'mine', { key: `${p}fs` }, { limits }),
      await redis.read(hash, 'mine', { key: `${p}fh` }, { limits }),
      await redis.read(sortedSet, 'mine', { key: `${p}fz` }, { limits }),
    ];
    for (const result of results) {
      expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(20_000);
      expect(result.truncated).toBe(true);
    }
    const entry = await redis.read(stream, 'mine', { key: `${p}fx` }, { limits });
    expect(Buffer.byteLength(JSON.stringify(entry))).toBeLessThanOrEqual(20_000);
    expect(entry.entries[0]?.omitted_fields).toBeGreaterThan(0);
  });

  test('a collection with a huge element is refused before it is fetched', async () => {
    await admin.run('SETRANGE', `${p}big`, 40 * 1024 * 1024, 'x');
    const big = (await admin.run('GET', `${p}big`)) as Buffer;
    await admin.run('RPUSH', `${p}biglist`, big);
    await admin.run('HSET', `${p}bighash`, 'f', big, 'small', 's');
    await expect(redis.read(list, 'mine', { key: `${p}biglist` })).rejects.toMatchObject({
      code: 'result_too_large',
    });
    await expect(redis.read(hash, 'mine', { key: `${p}bighash` })).rejects.toMatchObject({
      code: 'result_too_large',
    });
    await expect(redis.read(hash, 'mine', { key: `${p}bighash`, fields: ['f'] })).rejects.toMatchObject({
      code: 'result_too_large',
    });
    const small = await redis.read(hash, 'mine', { key: `${p}bighash`, fields: ['small'] });
    expect(small.fields).toEqual([{ field: 'small', value: 's' }]);
    await admin.run('DEL', `${p}big`, `${p}biglist`, `${p}bighash`);
  });

  test('a call that is already cancelled sends nothing', async () => {
    const signal = AbortSignal.abort();
    await expect(redis.read(scan, 'mine', {}, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

function never(): never {
  throw new Error('skipped without a server');
}
