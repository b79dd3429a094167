import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connector } from '../../../src/services/redis/connect.ts';
import { redis as service } from '../../../src/services/redis/service.ts';
import { clients } from '../../../src/services/redis/tools/clients.ts';
import { remove } from '../../../src/services/redis/tools/delete.ts';
import { expire } from '../../../src/services/redis/tools/expire.ts';
import { get } from '../../../src/services/redis/tools/get.ts';
import { hash } from '../../../src/services/redis/tools/hash.ts';
import { hashSet } from '../../../src/services/redis/tools/hash-set.ts';
import { info } from '../../../src/services/redis/tools/info.ts';
import { list } from '../../../src/services/redis/tools/list.ts';
import { memory } from '../../../src/services/redis/tools/memory.ts';
import { scan } from '../../../src/services/redis/tools/scan.ts';
import { set } from '../../../src/services/redis/tools/set.ts';
import { setMembers } from '../../../src/services/redis/tools/set-members.ts';
import { slowlog } from '../../../src/services/redis/tools/slowlog.ts';
import { sortedSet } from '../../../src/services/redis/tools/sorted-set.ts';
import { stream } from '../../../src/services/redis/tools/stream.ts';
import { type } from '../../../src/services/redis/tools/type.ts';
import type { Access } from '../../../src/toolset/define.ts';
import type { Component } from '../../../src/topology/graph.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from './fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('the ACL line that an operator is advised to give', () => {
  // Characters that mean something to an ACL pattern, and a space, which it cannot hold.
  const p = freshPrefix('ad[v]i*s? e\\');
  const password = 'acl-test-pass';
  let admin: Admin;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    await admin.run('SET', `${p}s`, 'x');
    await admin.run('RPUSH', `${p}l`, 'x');
    await admin.run('HSET', `${p}h`, 'f', 'x');
    await admin.run('SADD', `${p}m`, 'x');
    await admin.run('ZADD', `${p}z`, 1, 'x');
    await admin.run('XADD', `${p}x`, '*', 'f', 'x');
  });
  afterAll(async () => {
    await admin.run('ACL', 'DELUSER', 'advised-read', 'advised-write');
    await admin.close();
  });

  const component = (database: number): Component => ({
    name: 'cache',
    type: 'redis',
    layer: 'data',
    isProtected: false,
    isExternal: false,
    connection: { database },
    subs: new Map([['mine', { match: p }]]),
    at: { file: 'topology.yaml', line: 1, column: 1 },
  });

  /** Makes an account exactly as advised and opens the component with it. */
  const openAs = async (access: Access, database = 0) => {
    const user = `advised-${access}`;
    const [line = ''] = service.advise?.(component(database), access) ?? [];
    const words = line.replace('USER reset', `${user} reset`).replace('PASSWORD', password).split(' ');
    await admin.run(...words);
    const account = { port: server?.port ?? 0, user, password, database };
    return openRedis(account, { mine: { match: p }, wide: { all_keys: true } });
  };

  const readAll = async (redis: Awaited<ReturnType<typeof openRedis>>) => {
    expect((await redis.read(scan, 'mine', {})).keys.length).toBeGreaterThan(5);
    await redis.read(get, 'mine', { key: `${p}s` });
    await redis.read(type, 'mine', { key: `${p}s` });
    await redis.read(hash, 'mine', { key: `${p}h` });
    await redis.read(hash, 'mine', { key: `${p}h`, fields: ['f'] });
    await redis.read(list, 'mine', { key: `${p}l` });
    await redis.read(setMembers, 'mine', { key: `${p}m` });
    await redis.read(sortedSet, 'mine', { key: `${p}z` });
    await redis.read(sortedSet, 'mine', { key: `${p}z`, min_score: 0 });
    await redis.read(stream, 'mine', { key: `${p}x` });
    await redis.read(info, undefined, {});
    await redis.read(slowlog, undefined, {});
    await redis.read(memory, undefined, {});
    await redis.read(clients, undefined, {});
  };

  test('lets every read tool work, and no write', async () => {
    const redis = await openAs('read');
    await readAll(redis);
    await expect(redis.write(set, 'mine', { key: `${p}new`, value: 'x' })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    expect(await admin.run('EXISTS', `${p}new`)).toBe(0);
  });

  test('lets every tool work, and every way back, with the write variant', async () => {
    const redis = await openAs('write');
    await readAll(redis);
    for (const key of ['s', 'l', 'h', 'm', 'z', 'x']) {
      const args = { keys: [`${p}${key}`] };
      await redis.revert(remove, 'mine', args, await redis.write(remove, 'mine', args));
    }
    const value = { key: `${p}s`, value: 'y', ttl_seconds: 90 };
    await redis.revert(set, 'mine', value, await redis.write(set, 'mine', value));
    for (const args of [
      { key: `${p}s`, ttl_seconds: 90 },
      { key: `${p}s`, persist: true as const },
    ])
      await redis.write(expire, 'mine', args);
    await redis.write(hashSet, 'mine', { key: `${p}h`, fields: { a: '1' } });
    expect(await admin.run('TTL', `${p}s`)).toBe(-1);
  });

  test('without PEXPIRETIME, as on Redis 6.2, the end of a key is kept to about a second', async () => {
    const redis = await openAs('write');
    await admin.run('ACL', 'SETUSER', 'advised-write', '-pexpiretime');
    const key = `${p}old`;
    await admin.run('SET', key, 'x', 'PX', 500_000);
    const end = Number(await admin.run('PEXPIRETIME', key));
    const written = await redis.write(remove, 'mine', { keys: [key] });
    await redis.revert(remove, 'mine', { keys: [key] }, written);
    expect(Math.abs(Number(await admin.run('PEXPIRETIME', key)) - end)).toBeLessThan(1000);
    const forever = { keys: [`${p}s`] };
    await redis.revert(remove, 'mine', forever, await redis.write(remove, 'mine', forever));
    expect(await admin.run('PEXPIRETIME', `${p}s`)).toBe(-1);
  });

  test('the server itself refuses a key outside the prefix', async () => {
    const outside = freshPrefix('outside');
    await admin.run('SET', `${outside}a`, 'theirs');
    const redis = await openAs('write');
    // `wide` is a scope that this account's line does not cover: only the server stands in the way.
    await expect(redis.read(get, 'wide', { key: `${outside}a` })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    await expect(redis.write(remove, 'wide', { keys: [`${outside}a`] })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    expect(String(await admin.run('GET', `${outside}a`))).toBe('theirs');
  });

  test('covers a logical database other than 0', async () => {
    const other = await openAdmin({ ...(server ?? { port: 0, password: '' }), database: 3 });
    await other.run('SET', `${p}s3`, 'in three');
    const redis = await openAs('read', 3);
    expect((await redis.read(get, 'mine', { key: `${p}s3` })).value).toBe('in three');
    await other.run('DEL', `${p}s3`);
    other.close();
  });

  test('a wrong password is a failed login that names no secret', async () => {
    const redis = await openRedis(
      { port: server?.port ?? 0, password: 'not-the-pass' },
      { mine: { match: p } },
    );
    const error = await connector.openReader(redis.endpoint('mine')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'login_failed' });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('not-the-pass');
  });
});
