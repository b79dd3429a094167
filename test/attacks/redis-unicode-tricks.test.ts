import { describe, expect, inject, test } from 'vitest';
import { get } from '../../src/services/redis/tools/get.ts';
import { set } from '../../src/services/redis/tools/set.ts';
import { freshPrefix, openAdmin, openRedis } from '../services/redis/fixture.ts';

const server = inject('redis');
const base64 = (...bytes: readonly (string | number[])[]) => ({
  base64: Buffer.concat(bytes.map((one) => Buffer.from(one as string))).toString('base64'),
});

describe.skipIf(!server)('a key that only looks as if it had the prefix', () => {
  test('is outside: bytes decide, not looks', async () => {
    if (!server) return;
    const id = freshPrefix('uni').slice(0, -1);
    const composed = `${id}é:`;
    const lookalikes = [
      `${id}e\u0301:a`, // the same letter, decomposed
      `${id}É:a`,
      `${id}é\uff1aa`, // a full-width colon
      `${id}é\u200b:a`,
      `\ufeff${composed}a`,
      `\u202e${composed}a`,
      `${id}\u0435:a`,
      base64(id, [0xe9], ':a'), // Latin-1
      base64(id, [0xc3], ':a'), // half of the letter
      base64(id, [0xe0, 0x83, 0xa9], ':a'), // overlong
    ];
    const admin = await openAdmin(server);
    const redis = await openRedis(server, { mine: { match: composed } });
    for (const key of lookalikes) {
      const bytes = typeof key === 'string' ? Buffer.from(key) : Buffer.from(key.base64, 'base64');
      await admin.run('SET', bytes, 'private');
      await expect(redis.read(get, 'mine', { key })).rejects.toMatchObject({ code: 'not_linked' });
      await expect(redis.write(set, 'mine', { key, value: 'x' })).rejects.toMatchObject({
        code: 'not_linked',
      });
      expect(String(await admin.run('GET', bytes))).toBe('private');
    }
    await redis.write(set, 'mine', { key: base64(composed, 'a'), value: 'same bytes' });
    expect((await redis.read(get, 'mine', { key: `${composed}a` })).value).toBe('same bytes');
    await admin.close();
  });

  test('a lone surrogate does not become another key', async () => {
    const redis = await openRedis(server ?? { port: 0, password: '' }, { mine: { match: 'uni:' } });
    await expect(redis.read(get, 'mine', { key: 'uni:\ud83d' })).rejects.toMatchObject({
      code: 'invalid_arguments',
    });
  });
});
