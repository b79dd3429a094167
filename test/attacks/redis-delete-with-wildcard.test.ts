import { describe, expect, inject, test } from 'vitest';
import { remove } from '../../src/services/redis/tools/delete.ts';
import { freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('a delete with a wildcard', () => {
  test('deletes the key of exactly that name, and no other', async () => {
    if (!server) return;
    const p = freshPrefix('wild');
    const admin = await openAdmin(server);
    await admin.run('MSET', `${p}1`, 'x', `${p}2`, 'x', `${p}*`, 'star');
    const redis = await openRedis(server, { mine: { match: p } });
    const { output } = await redis.write(remove, 'mine', { keys: [`${p}*`, `${p}?`, `${p}[12]`] });
    expect(output).toEqual({ deleted: [`${p}*`], missing: [`${p}?`, `${p}[12]`] });
    expect(await admin.run('EXISTS', `${p}1`, `${p}2`)).toBe(2);
    await admin.close();
  });

  test('an empty list, an empty name and a bare star are no explicit names', async () => {
    const redis = await openRedis(server ?? { port: 0, password: '' }, { mine: { match: 'wild:' } });
    for (const keys of [[], [''], [{ base64: '' }]])
      expect(remove.params.safeParse({ keys }).success).toBe(false);
    expect(() => remove.scope(redis.target('mine'), { keys: ['*'] })).toThrow(/outside/);
    expect(remove.params.safeParse({ keys: Array(101).fill('wild:a') }).success).toBe(false);
  });
});
