import { z } from 'zod';
import type { Limits } from '../../../toolset/define.ts';
import { KeyName } from '../bytes.ts';
import { Count, fitting, Room, Shown, show } from '../page.ts';
import { affordable, assertType } from '../present.ts';
import type { RedisReader, StreamEntry } from '../reader.ts';
import { keyIn, type ScopedKey } from '../scoped-key.ts';
import { tool } from '../tool.ts';

const ENTRY_ID = '\\(?\\d{1,20}(-\\d{1,20})?';
const MOST_GROUPS = 50;
const MOST_FIELDS = 100;
/** Part of the byte limit that the fields of one entry may fill. */
const SHARE_OF_ENTRY = 0.4;

const Field = z.strictObject({ field: Shown, value: Shown });
const Group = z.strictObject({
  name: z.string(),
  consumers: z.number(),
  pending: z.number(),
  last_delivered_id: z.string(),
});

export const stream = tool({
  name: 'redis_stream',
  access: 'read',
  reach: 'sub',
  title: 'Read a stream',
  description:
    'Read entries of a stream between two ids, oldest first, and its consumer groups. Consumes nothing.',
  params: z.strictObject({
    key: KeyName,
    start: z
      .string()
      .regex(new RegExp(`^(-|${ENTRY_ID})$`))
      .default('-')
      .describe('First id; - for the oldest, ( before an id leaves it out'),
    end: z
      .string()
      .regex(new RegExp(`^(\\+|${ENTRY_ID})$`))
      .default('+')
      .describe('Last id; + for the newest'),
    count: Count,
  }),
  output: z.strictObject({
    entries: z.array(
      z.strictObject({ id: z.string(), fields: z.array(Field), omitted_fields: z.number().int().optional() }),
    ),
    total: z.number().int().describe('Entries of the whole stream'),
    groups: z.array(Group),
    truncated: z.boolean(),
    next_start: z.string().optional(),
    hint: z.string().optional(),
  }),
  list: 'entries',
  async run({ client, target, signal, limits }, { key: name, start, end, count }) {
    const key = keyIn(target, name);
    const reader = client.during(signal);
    await assertType(reader, key, 'stream');
    const total = await reader.streamLength(key);
    const wanted = await affordable(reader, key, total, count + 1);
    const found = await reader.streamRange(key, start, end, wanted);
    const groups = await groupsOf(reader, key);
    const all = found.map((entry) => shown(entry, limits));
    const entries = fitting(all, new Room(limits, count));
    const isMore = entries.length < all.length || (all.length === wanted && wanted <= count);
    const next = entries.length > 0 ? `(${entries.at(-1)?.id}` : start;
    const rest = isMore ? { next_start: next, hint: `for more, call again with start ${next}` } : undefined;
    return { entries, total, groups, truncated: isMore, ...rest };
  },
});

function shown(entry: StreamEntry, limits: Limits) {
  const share = { ...limits, bytes: limits.bytes * SHARE_OF_ENTRY };
  const fields = entry.fields.map(([field, value]) => ({
    field: show(field, share),
    value: show(value, share),
  }));
  const some = fitting(fields, new Room({ ...share, rows: MOST_FIELDS }, MOST_FIELDS));
  const omitted = fields.length - some.length;
  return { id: entry.id, fields: some, ...(omitted > 0 ? { omitted_fields: omitted } : {}) };
}

async function groupsOf(reader: RedisReader, key: ScopedKey): Promise<z.output<typeof Group>[]> {
  const groups = await reader.streamGroups(key);
  return groups.slice(0, MOST_GROUPS).map((group) => ({
    name: String(group.get('name')).slice(0, 200),
    consumers: Number(group.get('consumers')),
    pending: Number(group.get('pending')),
    last_delivered_id: String(group.get('last-delivered-id')),
  }));
}
