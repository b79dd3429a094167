import { describe, expect, inject, test } from 'vitest';
import { connector } from '../../src/services/redis/connect.ts';
import { keyIn, ScopedKey } from '../../src/services/redis/scoped-key.ts';
import { set } from '../../src/services/redis/tools/set.ts';
import { granted } from '../harness/granted.ts';
import { tapWire } from '../harness/wiretap.ts';
import { freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';
import { toolCommandsIn } from '../services/redis/wire.ts';

const server = inject('redis');

describe.skipIf(!server)('a write to another key than the captured one', () => {
  test('is refused before MULTI, inside and outside the prefix', async () => {
    if (!server) return;
    const mine = freshPrefix('mine');
    const theirs = freshPrefix('theirs');
    const admin = await openAdmin(server);
    await admin.run('MSET', `${mine}b`, 'b', `${theirs}a`, 'private');
    const tap = await tapWire(server.port);
    const redis = await openRedis({ ...server, port: tap.port }, { mine: { match: mine } });
    const foreign = await openRedis(server, { mine: { match: theirs } });
    const grant = granted({ callId: 'c', principal: 'p', tool: set.name, target: 'cache/mine' });
    const { client, close } = await connector.openWriter(redis.endpoint('mine'), grant);
    const { signal } = new AbortController();
    await client.watch([keyIn(redis.target('mine'), `${mine}a`)], signal);
    tap.forget();
    const keys = [keyIn(redis.target('mine'), `${mine}b`), keyIn(foreign.target('mine'), `${theirs}a`)];
    for (const key of keys) {
      const step = { kind: 'set', key, value: Buffer.from('owned'), expiresAt: null } as const;
      await expect(client.commit([step], signal)).rejects.toThrow(TypeError);
      await expect(client.commit([{ kind: 'delete', key }], signal)).rejects.toThrow(TypeError);
    }
    await expect(client.watch(keys.slice(1), signal)).rejects.toThrow(TypeError);
    expect(toolCommandsIn(tap.sent())).toEqual([]);
    expect(String(await admin.run('GET', `${mine}b`))).toBe('b');
    expect(String(await admin.run('GET', `${theirs}a`))).toBe('private');
    await close();
    await tap.close();
    await admin.close();
  });

  test('a forged key is no key, and a reader opened for one prefix takes no key of another', async () => {
    if (!server) return;
    const mine = freshPrefix('mine');
    const theirs = freshPrefix('theirs');
    const tap = await tapWire(server.port);
    const redis = await openRedis(
      { ...server, port: tap.port },
      { mine: { match: mine }, theirs: { match: theirs } },
    );
    const { client, close } = await connector.openReader(redis.endpoint('mine'));
    tap.forget();
    const forged: ScopedKey = Object.create(ScopedKey.prototype);
    await expect(client.type(forged)).rejects.toThrow(TypeError);
    await expect(client.type(keyIn(redis.target('theirs'), `${theirs}a`))).rejects.toThrow(TypeError);
    const key = keyIn(redis.target('mine'), `${mine}a`);
    key.bytes.write(theirs);
    expect(key.bytes.toString()).toBe(`${mine}a`);
    // @ts-expect-error a plain string is no key
    await expect(client.type(`${theirs}a`)).rejects.toThrow();
    expect(toolCommandsIn(tap.sent())).toEqual([]);
    await close();
    await tap.close();
  });
});
