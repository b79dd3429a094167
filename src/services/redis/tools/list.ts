import { z } from 'zod';
import { KeyName } from '../bytes.ts';
import { Count, fitting, Room, Shown, show } from '../page.ts';
import { affordable, assertType } from '../present.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';

export const list = tool({
  name: 'redis_list',
  access: 'read',
  reach: 'sub',
  title: 'Read a list',
  description: 'Read elements of a list by position.',
  params: z.strictObject({
    key: KeyName,
    start: z.number().int().default(0).describe('First position; 0 is the head, -1 the last element'),
    count: Count,
  }),
  output: z.strictObject({
    elements: z.array(Shown),
    start: z.number().int(),
    total: z.number().int(),
    truncated: z.boolean(),
    next_start: z.number().int().optional(),
    hint: z.string().optional(),
  }),
  list: 'elements',
  async run({ client, target, signal, limits }, { key: name, start, count }) {
    const key = keyIn(target, name);
    const reader = client.during(signal);
    await assertType(reader, key, 'list');
    const total = await reader.listLength(key);
    const first = start < 0 ? Math.max(0, total + start) : start;
    const size = await affordable(reader, key, total, count);
    const found = await reader.listRange(key, first, first + size - 1);
    const elements = fitting(
      found.map((element) => show(element, limits)),
      new Room(limits, count),
    );
    const next = first + elements.length;
    const rest =
      next < total ? { next_start: next, hint: `for more, call again with start ${next}` } : undefined;
    return { elements, start: first, total, truncated: rest !== undefined, ...rest };
  },
});
