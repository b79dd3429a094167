import { describe, expect, inject, test } from 'vitest';
import { PrefixEntry } from '../../src/services/redis/prefix.ts';
import { get } from '../../src/services/redis/tools/get.ts';
import { scan } from '../../src/services/redis/tools/scan.ts';
import { freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';

const server = inject('redis');

describe.skipIf(!server)('a prefix and its siblings', () => {
  test('a prefix with its separator keeps siblings apart; one without reaches them, as documented', async () => {
    if (!server) return;
    const stem = freshPrefix('session').slice(0, -1);
    const admin = await openAdmin(server);
    await admin.run('MSET', `${stem}:1`, 'mine', `${stem}x:1`, 'sibling');
    const redis = await openRedis(server, { exact: { match: `${stem}:` }, bare: { match: stem } });
    expect((await redis.read(scan, 'exact', {})).keys).toEqual([`${stem}:1`]);
    await expect(redis.read(get, 'exact', { key: `${stem}x:1` })).rejects.toMatchObject({
      code: 'not_linked',
    });
    // Literal: the start of the key is all that counts.
    expect((await redis.read(get, 'bare', { key: `${stem}x:1` })).value).toBe('sibling');
    await admin.close();
  });

  test('an entry is one literal prefix or explicitly everything, never both, never nothing', () => {
    const valid = [{ match: 'session:' }, { match: 'a[b' }, { all_keys: true }];
    const invalid = [
      {},
      { match: '' },
      { match: 'session:*' },
      { match: '*' },
      { match: 'a', all_keys: true },
      { all_keys: false },
      { match: '\ud800' },
      { match: 'a', other: 1 },
    ];
    for (const entry of valid) expect(PrefixEntry.safeParse(entry).success, JSON.stringify(entry)).toBe(true);
    for (const entry of invalid)
      expect(PrefixEntry.safeParse(entry).success, JSON.stringify(entry)).toBe(false);
  });
});
