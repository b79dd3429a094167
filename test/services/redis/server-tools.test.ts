import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { clients } from '../../../src/services/redis/tools/clients.ts';
import { info } from '../../../src/services/redis/tools/info.ts';
import { memory } from '../../../src/services/redis/tools/memory.ts';
import { slowlog } from '../../../src/services/redis/tools/slowlog.ts';
import { startRedis } from '../../harness/backends/redis.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from './fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('tools for a Redis server as a whole', () => {
  const p = freshPrefix('server');
  let admin: Admin;
  let redis: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    redis = await openRedis(server, { mine: { match: p } });
  });
  afterAll(() => admin.close());

  test('redis_info gives figures of the named sections and no path, address or other database', async () => {
    await admin.run('SET', `${p}a`, '1');
    const { sections } = await redis.read(info, undefined, {
      sections: ['server', 'replication', 'keyspace'],
    });
    expect(Object.keys(sections)).toEqual(['server', 'replication', 'keyspace']);
    expect(sections.server?.redis_version).toMatch(/^\d+\./);
    expect(sections.replication?.role).toBe('master');
    expect(Object.keys(sections.keyspace ?? {})).toEqual(['db0']);
    const text = JSON.stringify(sections);
    for (const word of ['executable', 'config_file', 'run_id', 'replid', 'ip='])
      expect(text).not.toContain(word);
  });

  test('redis_memory gives figures, the limit and the server’s advice', async () => {
    const found = await redis.read(memory, undefined, {});
    expect(found.stats['total.allocated']).toBeGreaterThan(100_000);
    expect(found.stats['keys.count']).toBeGreaterThan(0);
    expect(found.maxmemory_policy).toBe('noeviction');
    expect(found.advice.length).toBeGreaterThan(10);
  });

  test('redis_clients names the clients and no address or user', async () => {
    await admin.run('CLIENT', 'SETNAME', 'the-admin');
    const found = await redis.read(clients, undefined, {});
    expect(found.clients.map(({ name }) => name)).toContain('the-admin');
    expect(found.clients.some(({ command }) => command.startsWith('client'))).toBe(true);
    expect(JSON.stringify(found)).not.toMatch(/127\.0\.0\.1|default/);
    const one = await redis.read(clients, undefined, { count: 1 });
    expect(one).toMatchObject({ truncated: true, hint: expect.any(String) });
    expect(one.clients).toHaveLength(1);
  });

  test('redis_slowlog shows command, duration and a key that the link reaches', async () => {
    // A server of its own: the log holds few entries, and other tests would push these out.
    const own = await startRedis();
    if (!own) return;
    const alone = await openAdmin(own.access);
    await alone.run('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
    await alone.run('SET', `${p}slow`, 'a-private-value');
    const other = await openRedis(own.access, { mine: { match: p } });
    const { commands } = await other.read(slowlog, undefined, { count: 128 });
    expect(commands).toContainEqual(
      expect.objectContaining({ command: 'SET', key: `${p}slow`, arguments: 2 }),
    );
    expect(JSON.stringify(commands)).not.toContain('a-private-value');
    const few = await other.read(slowlog, undefined, { count: 1 });
    expect(few).toMatchObject({ truncated: true, commands: [{ id: expect.any(Number) }] });
    await alone.close();
    await own.stop();
  });
});
