import fc from 'fast-check';
import { inject } from 'vitest';
import { type Admin, openAdmin } from '../../../services/redis/fixture.ts';
import { caseOf, defineLab, fresh, type Scene, topologyOf } from '../lab.ts';

const access = inject('redis');
const PREFIX = `${fresh('way-back')}:`;
const HOUR_MS = 3_600_000;

/** What a key may hold: any bytes, each type, small and large enough for another encoding, with and without an end. */
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom('', '0', '-1', '1.0'));
const several = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 200 });
const content = fc.oneof(
  fc.record({ type: fc.constant('none' as const) }),
  fc.record({ type: fc.constant('string' as const), value: text }),
  fc.record({ type: fc.constantFrom('list', 'set', 'zset', 'hash', 'stream'), items: several }),
);
const end = fc.option(fc.integer({ min: 60_000, max: HOUR_MS }));
type Content = typeof content extends fc.Arbitrary<infer T> ? T : never;

async function put(admin: Admin, key: string, held: Content, ttl: number | null): Promise<void> {
  if (held.type === 'none') return;
  if ('value' in held) await admin.run('SET', key, held.value);
  else await admin.run(...commandOf(key, held.type, held.items));
  if (ttl !== null) await admin.run('PEXPIRE', key, ttl);
}

function commandOf(key: string, type: string, items: readonly string[]): [string, ...(string | number)[]] {
  if (type === 'list') return ['RPUSH', key, ...items];
  if (type === 'set') return ['SADD', key, ...items];
  if (type === 'zset') return ['ZADD', key, ...items.flatMap((item, at) => [at / 3, item])];
  if (type === 'hash') return ['HSET', key, ...items.flatMap((item) => [item, `of ${item}`])];
  return ['XADD', key, '*', ...items.flatMap((item) => [item, 'x'])];
}

/** Every element of a key and its end to the millisecond, by commands that the tools do not use for it. */
async function held(admin: Admin, key: string): Promise<unknown> {
  const type = `${await admin.run('TYPE', key)}`;
  const all = {
    none: [],
    string: ['GETRANGE', key, 0, -1],
    list: ['LRANGE', key, 0, -1],
    set: ['SORT', key, 'ALPHA'],
    zset: ['ZRANGE', key, 0, -1, 'WITHSCORES'],
    hash: ['HGETALL', key],
    stream: ['XRANGE', key, '-', '+'],
  }[type];
  const value = all && all.length > 0 ? plain(await admin.run(...all)) : null;
  const inOrder = type === 'hash' && Array.isArray(value) ? pairs(value) : value;
  return { type, value: inOrder, end: Number(await admin.run('PEXPIRETIME', key)) };
}

const plain = (reply: unknown): unknown =>
  Array.isArray(reply) ? reply.map(plain) : reply instanceof Buffer ? reply.toString('latin1') : reply;
const pairs = (flat: readonly unknown[]): string[] =>
  flat.flatMap((one, at) => (at % 2 === 0 ? [`${one}=${flat[at + 1]}`] : [])).sort();

/** A call on some keys, with a key of somebody else's beside them. */
function sceneOf(admin: Admin, keys: readonly string[], args: Scene['args']): Scene {
  const beside = `${PREFIX}${fresh('beside')}`;
  return {
    args,
    async read() {
      const own = await Promise.all(keys.map((key) => held(admin, key)));
      return { own, others: await held(admin, beside) };
    },
    beside: () => admin.run('APPEND', beside, 'x'),
    async interfere() {
      await admin.run('DEL', keys[0] ?? '');
      await admin.run('SET', keys[0] ?? '', 'somebody else’s', 'PX', HOUR_MS);
    },
    // An end that is said in seconds from now is another one the second time.
    alike: (own) => JSON.stringify(own).replaceAll(/"end":\d+/g, '"end":"then"'),
  };
}

const key = () => `${PREFIX}${fresh('ü key')}`;
const ttlSeconds = fc.option(fc.integer({ min: 60, max: 9_999 }), { nil: undefined });

export const redis = defineLab<Admin>({
  name: 'Redis',
  isThere: access !== undefined,
  async start() {
    if (!access) throw new Error('there is no Redis');
    return openAdmin(access);
  },
  stop: async (admin) => admin.close(),
  stackOver: () => ({
    topology: topologyOf(
      'cache',
      `type: redis, host: 127.0.0.1, port: ${access?.port ?? 1}, credentials: {password: {env: R}}, prefixes: {own: {match: '${PREFIX}'}}`,
      'uses',
    ),
    env: { R: access?.password ?? 'none', MCP_CACHE_WRITE_ACCESS: 'true' },
  }),
  cases: {
    redis_set: caseOf(
      fc.record({ was: fc.option(text), ttl: end, value: text, ttl_seconds: ttlSeconds }),
      async (admin, { was, ttl, value, ttl_seconds }) => {
        const name = key();
        if (was !== null) await put(admin, name, { type: 'string', value: was }, ttl);
        const isSame = value === was && (ttl === null) === (ttl_seconds === undefined);
        return sceneOf(admin, [name], { key: name, value: isSame ? `${value}!` : value, ttl_seconds });
      },
    ),
    redis_delete: caseOf(
      fc.array(fc.tuple(content, end), { minLength: 1, maxLength: 6 }),
      async (admin, given) => {
        const keys = given.map(key);
        await put(admin, keys[0] ?? '', { type: 'string', value: 'one is there' }, null);
        for (const [at, [held, ttl]] of given.entries())
          if (at > 0) await put(admin, keys[at] ?? '', held, ttl);
        return sceneOf(admin, keys, { keys });
      },
    ),
    redis_expire: caseOf(
      fc.record({
        held: content.filter(({ type }) => type !== 'none'),
        ttl: end,
        ttl_seconds: fc.integer({ min: 10_000, max: 99_999 }),
        persist: fc.boolean(),
      }),
      async (admin, { held, ttl, ttl_seconds, persist }) => {
        const name = key();
        await put(admin, name, held, ttl);
        return sceneOf(
          admin,
          [name],
          persist && ttl !== null ? { key: name, persist: true } : { key: name, ttl_seconds },
        );
      },
    ),
    redis_hash_set: caseOf(
      fc.record({
        held: fc.oneof(
          fc.constant({ type: 'none' as const }),
          fc.record({ type: fc.constant('hash' as const), items: several }),
        ),
        ttl: end,
        fields: fc.dictionary(fc.string({ minLength: 1, maxLength: 9 }), text, { minKeys: 1, maxKeys: 20 }),
      }),
      async (admin, { held, ttl, fields }) => {
        const name = key();
        await put(admin, name, held, ttl);
        return sceneOf(admin, [name], { key: name, fields: { ...fields, sure: 'new' } });
      },
    ),
  },
});
