import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { KeyName } from '../bytes.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';

export const type = tool({
  name: 'redis_type',
  access: 'read',
  reach: 'sub',
  title: 'Describe a key',
  description: 'Type, time to live, encoding and memory of one key.',
  params: z.strictObject({ key: KeyName }),
  output: z.strictObject({
    type: z.string(),
    ttl_ms: z.number().int().nullable().describe('Milliseconds to live; null for a key without an end'),
    encoding: z.string().nullable(),
    memory_bytes: z.number().int().describe('The server’s estimate'),
  }),
  async run({ client, target, signal }, { key: name }) {
    const key = keyIn(target, name);
    const reader = client.during(signal);
    const [kind, ttl, encoding, memory] = await Promise.all([
      reader.type(key),
      reader.timeToLive(key),
      reader.encoding(key),
      reader.memory(key, 'few'),
    ]);
    if (kind === 'none') throw new ToolError('not_found', `there is no key ${key}`);
    return { type: kind, ttl_ms: ttl < 0 ? null : ttl, encoding, memory_bytes: memory };
  },
});
