import { z } from 'zod';
import { KeyName } from '../bytes.ts';
import { Count, Cursor, Room, readCursor, Shown, show, walk } from '../page.ts';
import { affordable, assertType } from '../present.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';

export const setMembers = tool({
  name: 'redis_set_members',
  access: 'read',
  reach: 'sub',
  title: 'Read a set',
  description: 'Page through the members of a set, in no order.',
  params: z.strictObject({ key: KeyName, cursor: Cursor, count: Count }),
  output: z.strictObject({
    members: z.array(Shown),
    total: z.number().int(),
    cursor: z.string().nullable(),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'members',
  async run({ client, target, signal, limits }, { key: name, cursor, count }) {
    const key = keyIn(target, name);
    const reader = client.during(signal);
    await assertType(reader, key, 'set');
    const total = await reader.setLength(key);
    const page = await walk(
      (at, size) => reader.setScan(key, at, size),
      (member) => show(member, limits),
      readCursor(cursor, await affordable(reader, key, total, count)),
      new Room(limits, count),
    );
    const isCut = page.cursor !== null;
    const hint = isCut ? { hint: 'for more, call again with this cursor' } : undefined;
    return { members: page.items, total, cursor: page.cursor, truncated: isCut, ...hint };
  },
});
