import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { Count, Cursor, Room, readCursor, Shown, show, walk } from '../page.ts';
import { ScopedPattern } from '../scoped-key.ts';
import { tool } from '../tool.ts';

/** Keys that the server looks at in one step. */
const STEP = 1000;
/** Each star can multiply the server's work for a key. */
const MOST_STARS = 5;

export const scan = tool({
  name: 'redis_scan',
  access: 'read',
  reach: 'sub',
  title: 'List keys',
  description:
    'List keys under the prefix of the target, in no order. A key that changes meanwhile may be missed or come twice. Go on with `cursor` until it is null.',
  params: z.strictObject({
    pattern: z
      .string()
      .min(1)
      .max(256)
      .default('*')
      .describe(
        'Glob for the part of the key after the prefix: * ? [abc]; \\ takes the meaning from the next',
      ),
    cursor: Cursor,
    count: Count,
  }),
  output: z.strictObject({
    keys: z.array(Shown),
    cursor: z.string().nullable(),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'keys',
  async run({ client, target, signal, limits }, { pattern, cursor, count }) {
    if ((pattern.match(/\*+/g) ?? []).length > MOST_STARS)
      throw new ToolError('invalid_arguments', `pattern: at most ${MOST_STARS} stars`);
    const scoped = ScopedPattern.within(target, pattern);
    const reader = client.during(signal);
    const page = await walk(
      (at, size) => reader.scan(scoped, at, size),
      (key) => show(key, limits),
      readCursor(cursor, STEP),
      new Room(limits, count),
    );
    const keys = [...new Map(page.items.map((key) => [JSON.stringify(key), key])).values()];
    if (page.cursor === null) return { keys, cursor: null, truncated: false };
    return {
      keys,
      cursor: page.cursor,
      truncated: true,
      hint: 'there may be more keys; call again with this cursor, or narrow the pattern',
    };
  },
});
