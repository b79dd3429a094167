import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { READ_COMMANDS, WRITE_COMMANDS } from '../../src/services/redis/commands.ts';
import { remove } from '../../src/services/redis/tools/delete.ts';
import { get } from '../../src/services/redis/tools/get.ts';
import { hash } from '../../src/services/redis/tools/hash.ts';
import { hashSet } from '../../src/services/redis/tools/hash-set.ts';
import { set } from '../../src/services/redis/tools/set.ts';
import { stream } from '../../src/services/redis/tools/stream.ts';
import { tapWire, type Wiretap } from '../harness/wiretap.ts';
import { type Admin, freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';
import { toolCommandsIn } from '../services/redis/wire.ts';

const server = inject('redis');

describe.skipIf(!server)('a command smuggled in through an argument', () => {
  const p = freshPrefix('smuggle');
  const victim = freshPrefix('victim');
  const payloads = [
    `\r\nSET ${victim}a owned\r\n`,
    `\r\n*3\r\n$3\r\nSET\r\n$${victim.length + 1}\r\n${victim}a\r\n$5\r\nowned\r\n`,
    `x" EX 1\r\nFLUSHALL`,
    `EVAL "redis.call('SET','${victim}a','owned')" 0`,
    `x PX 1 GET`,
    `\0\r\nCONFIG SET dir /tmp\r\n`,
  ];
  let admin: Admin;
  let tap: Wiretap;
  let redis: Awaited<ReturnType<typeof openRedis>>;
  beforeAll(async () => {
    if (!server) return;
    admin = await openAdmin(server);
    tap = await tapWire(server.port);
    redis = await openRedis({ ...server, port: tap.port }, { mine: { match: p } });
    await admin.run('SET', `${victim}a`, 'safe');
  });
  afterAll(async () => {
    await tap.close();
    await admin.close();
  });

  const known = new Set<string>([...READ_COMMANDS, ...WRITE_COMMANDS, 'pexpiretime']);
  /** Every command on the wire, as the allowlists name it. */
  const assertOnlyKnown = () => {
    for (const [first = '', second = ''] of toolCommandsIn(tap.sent())) {
      const plain = first.toLowerCase();
      expect(known.has(plain) || known.has(`${plain}|${second.toLowerCase()}`), `${first} ${second}`).toBe(
        true,
      );
    }
  };

  test.each(payloads)('%j stays a value, a key and a field', async (payload) => {
    tap.forget();
    await redis.write(set, 'mine', { key: `${p}${payload}`, value: payload });
    expect((await redis.read(get, 'mine', { key: `${p}${payload}` })).value).toBe(payload);
    await redis.write(hashSet, 'mine', { key: `${p}h${payload}`, fields: { [payload]: payload } });
    const { fields } = await redis.read(hash, 'mine', { key: `${p}h${payload}`, fields: [payload] });
    expect(fields).toEqual([{ field: payload, value: payload }]);
    expect(await admin.run('TTL', `${p}${payload}`)).toBe(-1);
    await redis.write(remove, 'mine', { keys: [`${p}${payload}`, `${p}h${payload}`] });
    assertOnlyKnown();
    expect(String(await admin.run('GET', `${victim}a`))).toBe('safe');
  });

  test('ids of a stream are ids and nothing else', () => {
    for (const start of ['- + COUNT 1', '1-1\r\nFLUSHALL', '*', '$', '>', '(-', ''])
      expect(stream.params.safeParse({ key: `${p}x`, start }).success, start).toBe(false);
  });

  test('no list of commands holds one that runs scripts, changes the server or names keys by pattern', () => {
    const dangerous =
      /^(eval|evalsha|eval_ro|fcall|fcall_ro|function|script|config|debug|keys|flushall|flushdb|module|migrate|replicaof|slaveof|shutdown|swapdb|move|copy|rename|monitor|acl|sort|object\|freq|client\|(kill|pause|no-evict|setname)|slowlog\|reset|memory\|purge|publish|subscribe)/;
    for (const command of known) expect(command).not.toMatch(dangerous);
    const writes = /^(set|del|pexpireat|persist|hset|restore|multi|exec|watch)$/;
    expect(READ_COMMANDS.filter((command) => writes.test(command))).toEqual([]);
  });
});
