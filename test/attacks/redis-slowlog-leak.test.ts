import { describe, expect, inject, test } from 'vitest';
import { slowlog } from '../../src/services/redis/tools/slowlog.ts';
import { startRedis } from '../harness/backends/redis.ts';
import { freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('the slow log', () => {
  test('shows nothing of keys, values, scripts and credentials of others', async () => {
    // A server of its own: the log holds few entries, and other tests would push these out.
    const own = await startRedis();
    if (!own) return;
    const mine = freshPrefix('mine');
    const theirs = freshPrefix('theirs');
    const admin = await openAdmin(own.access);
    await admin.run('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
    await admin.run('SLOWLOG', 'RESET');
    await admin.run('SET', `${theirs}key`, 'their-value');
    await admin.run('SET', `${mine}key`, 'my-value');
    await admin.run('MSET', `${mine}m`, 'my-value', `${theirs}m`, 'their-value');
    await admin.run('DEL', `${mine}m`, `${theirs}m`);
    await admin.run('EVAL', "return 'their-script'", '1', `${theirs}eval`);
    await admin.run('EVAL', `return '${mine}script'`, '0');
    await admin.run('ACL', 'SETUSER', 'slowuser', 'on', '>their-secret');
    await admin.run('ACL', 'DELUSER', 'slowuser');
    const redis = await openRedis(own.access, { mine: { match: mine } });
    const { commands } = await redis.read(slowlog, undefined, { count: 128 });
    const text = JSON.stringify(commands);
    for (const secret of [theirs, 'their-', 'my-value', `${mine}script`, `${mine}m"`.repeat(2)])
      expect(text).not.toContain(secret);
    const shown = commands.map(({ command, key }) => [command, key]);
    expect(shown).toContainEqual(['SET', '(outside the link)']);
    expect(shown).toContainEqual(['SET', `${mine}key`]);
    expect(shown).toContainEqual(['EVAL', null]);
    await admin.close();
    await own.stop();
  });
});
