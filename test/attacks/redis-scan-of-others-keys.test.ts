import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { scan } from '../../src/services/redis/tools/scan.ts';
import { tapWire, type Wiretap } from '../harness/wiretap.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';
import { toolCommandsIn } from '../services/redis/wire.ts';

const server = inject('redis');

describe.skipIf(!server)('SCAN over keys of others', () => {
  const id = freshPrefix('scan');
  // A literal prefix that, read as a glob, would match every other prefix here.
  const mine = `${id}a[b*]?^\\`;
  const theirs = [`${id}ab`, `${id}ab*`, `${id}ax*]?^\\`, `${id}`, `z${mine}`, `${id}a[b`, `${id}a*`];
  let admin: Admin;
  let tap: Wiretap;
  let redis: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    tap = await tapWire(server.port);
    redis = await openRedis({ ...server, port: tap.port }, { mine: { match: mine } });
    await admin.run('SET', `${mine}own`, 'x');
    for (const prefix of theirs) await admin.run('SET', `${prefix}1`, 'private');
  });
  afterAll(async () => {
    await tap.close();
    await admin.close();
  });

  const patterns = [
    '*',
    '[a',
    '[^z]*',
    '../*',
    '\\',
    '\\*',
    ']*',
    '*]',
    '?'.repeat(3),
    '*\r\nKEYS *',
    '\0*',
    '{*}',
  ];
  test.each(patterns)('pattern %j stays inside the prefix', async (pattern) => {
    tap.forget();
    const { keys } = await redis.read(scan, 'mine', { pattern });
    expect([[], [`${mine}own`]]).toContainEqual(keys);
    const sent = toolCommandsIn(tap.sent());
    const escaped = `${id}a\\[b\\*\\]\\?\\^\\\\`;
    expect(sent.length).toBeGreaterThan(0);
    for (const words of sent) {
      expect(words).toEqual([
        'SCAN',
        expect.stringMatching(/^\d+$/),
        'MATCH',
        escaped + pattern,
        'COUNT',
        '1000',
      ]);
    }
  });

  test('the own key is found by the pattern that covers it', async () => {
    expect((await redis.read(scan, 'mine', { pattern: 'o?n' })).keys).toEqual([`${mine}own`]);
  });

  test('keys that a server returns against the pattern are dropped', async () => {
    const lying = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        const isScan = chunk.includes('SCAN');
        socket.write(isScan ? '*2\r\n$1\r\n0\r\n*2\r\n$4\r\nevil\r\n$6\r\nmine:1\r\n' : '+OK\r\n');
      });
    });
    await new Promise<void>((resolve) => lying.listen(0, '127.0.0.1', resolve));
    const access = { port: (lying.address() as AddressInfo).port, password: 'any' };
    const fooled = await openRedis(access, { mine: { match: 'mine:' } });
    expect((await fooled.read(scan, 'mine', {})).keys).toEqual(['mine:1']);
    lying.close();
  });

  test('a cursor of another link’s scan shows nothing of that link', async () => {
    const other = freshPrefix('other');
    await admin.run('MSET', ...Array.from({ length: 3000 }, (_, i) => [`${other}${i}`, 'private']).flat());
    const wide = await openRedis(server ?? { port: 0, password: '' }, { other: { match: other } });
    const { cursor } = await wide.read(scan, 'other', { count: 1 });
    if (cursor === null) throw new Error('expected more keys');
    const { keys } = await redis.read(scan, 'mine', { cursor });
    expect(keys.filter((key) => key !== `${mine}own`)).toEqual([]);
  });
});
