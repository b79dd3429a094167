import { z } from 'zod';
import type { Limits } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { type Bytes, fromBytes, KeyName, Name } from '../bytes.ts';
import { Count, Cursor, fitting, Room, readCursor, Shown, show, walk } from '../page.ts';
import { affordable, assertType } from '../present.ts';
import type { RedisReader } from '../reader.ts';
import { keyIn, type ScopedKey } from '../scoped-key.ts';
import { tool } from '../tool.ts';

/** A value longer than this is not fetched just to show its start. */
const MOST_FETCHED_VALUE = 1024 * 1024;

export const hash = tool({
  name: 'redis_hash',
  access: 'read',
  reach: 'sub',
  title: 'Read a hash',
  description: 'Read the named fields of a hash, or page through all of its fields.',
  params: z.strictObject({
    key: KeyName,
    fields: z.array(Name).min(1).max(100).optional().describe('Only these fields; absent for all'),
    cursor: Cursor,
    count: Count,
  }),
  output: z.strictObject({
    fields: z.array(z.strictObject({ field: Shown, value: Shown.nullable() })),
    total_fields: z.number().int(),
    cursor: z.string().nullable(),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'fields',
  async run({ client, target, signal, limits }, { key: name, fields, cursor, count }) {
    const key = keyIn(target, name);
    const reader = client.during(signal);
    await assertType(reader, key, 'hash');
    const total = await reader.hashLength(key);
    if (fields) return named(reader, key, fields, total, limits);
    const step = await affordable(reader, key, total, count);
    const page = await walk(
      (at, size) => reader.hashScan(key, at, size),
      ([field, value]) => ({ field: show(field, limits), value: show(value, limits) }),
      readCursor(cursor, step),
      new Room(limits, count),
    );
    const isCut = page.cursor !== null;
    const hint = isCut ? { hint: 'for more, call again with this cursor' } : undefined;
    return { fields: page.items, total_fields: total, cursor: page.cursor, truncated: isCut, ...hint };
  },
});

/** Reads the fields that a call names; their lengths first, so that a huge one is never fetched. */
async function named(
  reader: RedisReader,
  key: ScopedKey,
  names: readonly Bytes[],
  total: number,
  limits: Limits,
) {
  const fields = names.map(fromBytes);
  const lengths = await Promise.all(fields.map((field) => reader.hashFieldLength(key, field)));
  if (lengths.some((length) => length > MOST_FETCHED_VALUE))
    throw new ToolError('result_too_large', `a field of ${key} has more than ${MOST_FETCHED_VALUE} bytes`);
  const values = await reader.hashFields(key, fields);
  const all = fields.map((field, i) => {
    const value = values[i] ?? null;
    return { field: show(field, limits), value: value === null ? null : show(value, limits) };
  });
  const shown = fitting(all, new Room(limits, all.length));
  const isCut = shown.length < all.length;
  const hint = isCut ? { hint: 'name fewer fields' } : undefined;
  return { fields: shown, total_fields: total, cursor: null, truncated: isCut, ...hint };
}
