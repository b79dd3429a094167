import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { fromBytes, KeyName } from '../bytes.ts';
import { fingerprintString } from '../image.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';
import { TtlSeconds } from '../ttl.ts';
import { afterOf, scopeOf, wayBack } from '../way-back.ts';

const MOST_VALUE_BYTES = 1024 * 1024;
const Params = z.strictObject({
  key: KeyName,
  value: z.string().max(MOST_VALUE_BYTES),
  ttl_seconds: TtlSeconds.optional().describe('Absent: the key has no end, even if it had one'),
  only_if: z.enum(['absent', 'exists']).optional().describe('Write only if the key is, or is not, there yet'),
});

export const set = tool({
  name: 'redis_set',
  access: 'write',
  reach: 'sub',
  title: 'Set a string',
  description: 'Set one key to a text value. A key that holds another type is not replaced.',
  params: Params,
  output: z.strictObject({ key: z.string(), existed: z.boolean(), bytes: z.number().int() }),
  effect: wayBack<z.output<typeof Params>>('update', ({ key }) => [key]),
  scope: (target, { key }) => scopeOf(target, [key]),
  async run({ client, target, signal, recordAfter }, { key: name, value: text, ttl_seconds, only_if }) {
    const key = keyIn(target, name);
    const value = fromBytes(text);
    if (value.length > MOST_VALUE_BYTES)
      throw new ToolError('invalid_arguments', `value: at most ${MOST_VALUE_BYTES} bytes`);
    const { image } = client.watched(key);
    const existed = image.type !== 'none';
    if (existed && image.type !== 'string')
      throw new ToolError('conflict', `${key} is a ${image.type}; delete it first to put a string there`);
    if (only_if !== undefined && existed !== (only_if === 'exists'))
      throw new ToolError('conflict', `${key} ${existed ? 'exists' : 'does not exist'}; nothing was written`);
    const expiresAt = ttl_seconds === undefined ? null : (await client.now(signal)) + ttl_seconds * 1000;
    const after = { key: key.name, fingerprint: fingerprintString(value), expires_at: expiresAt };
    await recordAfter(afterOf([after]));
    await client.commit([{ kind: 'set', key, value, expiresAt }], signal);
    return { key: `${key}`, existed, bytes: value.length };
  },
});
