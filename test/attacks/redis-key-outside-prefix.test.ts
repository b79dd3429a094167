import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { remove } from '../../src/services/redis/tools/delete.ts';
import { expire } from '../../src/services/redis/tools/expire.ts';
import { get } from '../../src/services/redis/tools/get.ts';
import { hash } from '../../src/services/redis/tools/hash.ts';
import { hashSet } from '../../src/services/redis/tools/hash-set.ts';
import { list } from '../../src/services/redis/tools/list.ts';
import { set } from '../../src/services/redis/tools/set.ts';
import { setMembers } from '../../src/services/redis/tools/set-members.ts';
import { sortedSet } from '../../src/services/redis/tools/sorted-set.ts';
import { stream } from '../../src/services/redis/tools/stream.ts';
import { type } from '../../src/services/redis/tools/type.ts';
import { tapWire, type Wiretap } from '../harness/wiretap.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';
import { toolCommandsIn } from '../services/redis/wire.ts';

const server = inject('redis');

describe.skipIf(!server)('a key outside the prefix', () => {
  const mine = freshPrefix('mine');
  const theirs = freshPrefix('theirs');
  let admin: Admin;
  let tap: Wiretap;
  let redis: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    tap = await tapWire(server.port);
    redis = await openRedis({ ...server, port: tap.port }, { mine: { match: mine } });
    await admin.run('SET', `${theirs}a`, 'private');
    await admin.run('HSET', `${theirs}h`, 'f', 'private');
  });
  afterAll(async () => {
    await tap.close();
    await admin.close();
  });

  const names = [
    `${theirs}a`,
    `${theirs}h`,
    mine.slice(0, -1),
    mine.slice(1),
    ` ${mine}a`,
    `${mine.toUpperCase()}a`,
    `${theirs}${mine}a`,
    `../${mine}a`,
    `\0${mine}a`,
    `{${mine}}a`,
  ];

  test.each(names)('%j is refused by every read tool before a byte about it leaves', async (key) => {
    tap.forget();
    const attempts = [
      redis.read(get, 'mine', { key }),
      redis.read(type, 'mine', { key }),
      redis.read(hash, 'mine', { key }),
      redis.read(hash, 'mine', { key, fields: ['f'] }),
      redis.read(list, 'mine', { key }),
      redis.read(setMembers, 'mine', { key }),
      redis.read(sortedSet, 'mine', { key }),
      redis.read(stream, 'mine', { key }),
    ];
    for (const attempt of await Promise.allSettled(attempts))
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'not_linked' } });
    expect(toolCommandsIn(tap.sent())).toEqual([]);
  });

  test.each(names)('%j is refused by every write tool before a byte about it leaves', async (key) => {
    tap.forget();
    const attempts = [
      redis.write(set, 'mine', { key, value: 'x' }),
      redis.write(remove, 'mine', { keys: [`${mine}ok`, key] }),
      redis.write(expire, 'mine', { key, ttl_seconds: 1 }),
      redis.write(hashSet, 'mine', { key, fields: { f: 'x' } }),
    ];
    for (const attempt of await Promise.allSettled(attempts))
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'not_linked' } });
    expect(toolCommandsIn(tap.sent())).toEqual([]);
    expect(String(await admin.run('GET', `${theirs}a`))).toBe('private');
    expect(String(await admin.run('HGET', `${theirs}h`, 'f'))).toBe('private');
  });

  test('a recorded change that names a key outside is not reverted onto it', async () => {
    const args = { key: `${mine}v`, value: 'x' };
    const written = await redis.write(set, 'mine', args);
    const forged = JSON.parse(JSON.stringify(written).replaceAll(`${mine}v`, `${theirs}a`));
    tap.forget();
    await expect(redis.revert(set, 'mine', args, forged)).rejects.toMatchObject({ code: 'not_linked' });
    expect(tap.sent().includes(theirs)).toBe(false);
    expect(String(await admin.run('GET', `${theirs}a`))).toBe('private');
  });

  test('a target without a prefix reaches no key', async () => {
    const broken = await openRedis(server ?? { port: 0, password: '' }, { none: {}, empty: { match: '' } });
    for (const sub of ['none', 'empty'])
      await expect(broken.read(get, sub, { key: `${theirs}a` })).rejects.toThrow();
    await expect(broken.read(get, undefined, { key: `${theirs}a` })).rejects.toThrow();
  });
});
