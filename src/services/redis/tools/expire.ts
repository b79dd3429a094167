import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { KeyName } from '../bytes.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';
import { TtlSeconds } from '../ttl.ts';
import { afterOf, scopeOf, wayBack } from '../way-back.ts';

const Params = z
  .strictObject({
    key: KeyName,
    ttl_seconds: TtlSeconds.optional(),
    persist: z.literal(true).optional().describe('Take the end away, so that the key stays'),
  })
  .refine(
    ({ ttl_seconds, persist }) => (ttl_seconds === undefined) !== (persist === undefined),
    'give either ttl_seconds or persist: true',
  );

export const expire = tool({
  name: 'redis_expire',
  access: 'write',
  reach: 'sub',
  title: 'Set when a key ends',
  description: 'Give one key a time to live, or take it away.',
  params: Params,
  output: z.strictObject({ key: z.string(), expires_at: z.string().nullable() }),
  effect: wayBack<z.output<typeof Params>>('update', ({ key }) => [key]),
  scope: (target, { key }) => scopeOf(target, [key]),
  async run({ client, target, signal, recordAfter }, { key: name, ttl_seconds }) {
    const key = keyIn(target, name);
    const { image } = client.watched(key);
    if (image.type === 'none') throw new ToolError('not_found', `there is no key ${key}`);
    const expiresAt = ttl_seconds === undefined ? null : (await client.now(signal)) + ttl_seconds * 1000;
    const after = { key: key.name, fingerprint: image.fingerprint, expires_at: expiresAt };
    await recordAfter(afterOf([after]));
    await client.commit([{ kind: 'expire', key, expiresAt }], signal);
    return { key: `${key}`, expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString() };
  },
});
