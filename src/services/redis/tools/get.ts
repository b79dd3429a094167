import { z } from 'zod';
import { Bytes, KeyName, toBytes } from '../bytes.ts';
import { wholeCharacters } from '../page.ts';
import { assertType } from '../present.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';

const DEFAULT_LENGTH = 64 * 1024;
/** Part of the byte limit that the value may fill. */
const SHARE = 0.8;

export const get = tool({
  name: 'redis_get',
  access: 'read',
  reach: 'sub',
  title: 'Read a string',
  description: 'Read the value of one string key, or a part of a long one.',
  params: z.strictObject({
    key: KeyName,
    offset: z.number().int().min(0).max(536_870_912).default(0).describe('First byte to read'),
    length: z.number().int().min(1).max(1_048_576).default(DEFAULT_LENGTH).describe('Most bytes to read'),
  }),
  output: z.strictObject({
    value: Bytes,
    offset: z.number().int(),
    total_bytes: z.number().int(),
    truncated: z.boolean(),
    next_offset: z.number().int().optional(),
    hint: z.string().optional(),
  }),
  async run({ client, target, signal, limits }, { key: name, offset, length }) {
    const key = keyIn(target, name);
    const reader = client.during(signal);
    await assertType(reader, key, 'string');
    const total = await reader.stringLength(key);
    const most = Math.max(1, Math.min(length, limits.bytes));
    const read = offset < total ? await reader.stringRange(key, offset, offset + most - 1) : Buffer.alloc(0);
    const value = shrink(offset + read.length < total ? wholeCharacters(read) : read, limits.bytes * SHARE);
    const next = offset + value.length;
    const rest =
      next < total ? { next_offset: next, hint: `for more, call again with offset ${next}` } : undefined;
    return { value: toBytes(value), offset, total_bytes: total, truncated: rest !== undefined, ...rest };
  },
});

/** Halves a value until it fits as JSON, where a byte can take up to six. */
function shrink(value: Buffer, most: number): Buffer {
  let fitting = value;
  while (fitting.length > 1 && Buffer.byteLength(JSON.stringify(toBytes(fitting))) > most)
    fitting = wholeCharacters(fitting.subarray(0, fitting.length >> 1));
  return fitting;
}
