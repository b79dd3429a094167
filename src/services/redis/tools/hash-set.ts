import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { fromBytes, KeyName } from '../bytes.ts';
import { fingerprintHash } from '../image.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';
import { afterOf, scopeOf, wayBack } from '../way-back.ts';

const MOST_FIELDS = 100;
const MOST_TEXT = 1024 * 1024;
const Params = z.strictObject({
  key: KeyName,
  fields: z
    .record(z.string().min(1).max(4096), z.string().max(MOST_TEXT))
    .refine((fields) => {
      const count = Object.keys(fields).length;
      return count >= 1 && count <= MOST_FIELDS;
    }, `1 to ${MOST_FIELDS} fields`)
    .describe('Field to value; fields that are not named stay as they are'),
});

export const hashSet = tool({
  name: 'redis_hash_set',
  access: 'write',
  reach: 'sub',
  title: 'Set fields of a hash',
  description: 'Set the named fields of one hash, making the hash if there is no such key.',
  params: Params,
  output: z.strictObject({ key: z.string(), added: z.number().int(), changed: z.number().int() }),
  effect: wayBack<z.output<typeof Params>>('update', ({ key }) => [key]),
  scope: (target, { key }) => scopeOf(target, [key]),
  async run({ client, target, signal, recordAfter }, { key: name, fields }) {
    const key = keyIn(target, name);
    const { image, fields: old } = client.watched(key);
    if (image.type !== 'none' && image.type !== 'hash')
      throw new ToolError('query_failed', `${key} is a ${image.type}, not a hash`);
    const pairs = Object.entries(fields).map(([f, v]) => [fromBytes(f), fromBytes(v)] as const);
    const merged = new Map(old);
    for (const [field, value] of pairs) merged.set(field.toString('latin1'), value);
    const content = [...merged].map(([f, v]) => [Buffer.from(f, 'latin1'), v] as const);
    const after = { key: key.name, fingerprint: fingerprintHash(content), expires_at: image.expires_at };
    await recordAfter(afterOf([after]));
    await client.commit([{ kind: 'hash_set', key, fields: pairs }], signal);
    const added = merged.size - old.size;
    return { key: `${key}`, added, changed: pairs.length - added };
  },
});
