import { z } from 'zod';
import { KeyName } from '../bytes.ts';
import { ABSENT } from '../image.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';
import { afterOf, distinct, scopeOf, wayBack } from '../way-back.ts';

const Params = z.strictObject({
  keys: z.array(KeyName).min(1).max(100).describe('Each key by its whole name; nothing is a wildcard'),
});

export const remove = tool({
  name: 'redis_delete',
  access: 'write',
  reach: 'sub',
  title: 'Delete keys',
  description: 'Delete the named keys with all that they hold, all or none of them.',
  params: Params,
  output: z.strictObject({ deleted: z.array(z.string()), missing: z.array(z.string()) }),
  effect: wayBack<z.output<typeof Params>>('destroy', ({ keys }) => keys),
  scope: (target, { keys }) => scopeOf(target, keys),
  async run({ client, target, signal, recordAfter }, { keys: names }) {
    const keys = distinct(names.map((name) => keyIn(target, name)));
    const there = keys.filter((key) => client.watched(key).image.type !== 'none');
    const missing = keys.filter((key) => !there.includes(key));
    await recordAfter(afterOf(keys.map((key) => ({ key: key.name, fingerprint: ABSENT, expires_at: null }))));
    await client.commit(
      there.map((key) => ({ kind: 'delete', key })),
      signal,
    );
    return { deleted: there.map(String), missing: missing.map(String) };
  },
});
