import { z } from 'zod';
import { Bytes } from '../bytes.ts';
import { fitting, Room } from '../page.ts';
import { prefixBytes } from '../prefix.ts';
import { commandName, OUTSIDE, slowKey } from '../slow-key.ts';
import { tool } from '../tool.ts';

export const slowlog = tool({
  name: 'redis_slowlog',
  access: 'read',
  reach: 'component',
  title: 'Slow commands',
  description: `The latest commands that the server logged as slow, newest first: command, duration and, where the links reach it, the key; else ${OUTSIDE}. Never the other arguments.`,
  params: z.strictObject({ count: z.number().int().min(1).max(128).default(25) }),
  output: z.strictObject({
    commands: z.array(
      z.strictObject({
        id: z.number().int(),
        at: z.string(),
        microseconds: z.number().int(),
        command: z.string(),
        key: Bytes.nullable(),
        arguments: z.number().int().describe('How many words followed the command'),
      }),
    ),
    total: z.number().int(),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'commands',
  async run({ client, target, signal, limits }, { count }) {
    const reader = client.during(signal);
    const prefixes = [...target.reach.values()].map(prefixBytes);
    const total = await reader.slowLogLength();
    const all = (await reader.slowLog(count)).map((entry) => ({
      id: entry.id,
      at: new Date(entry.unixSeconds * 1000).toISOString(),
      microseconds: entry.microseconds,
      command: commandName(entry.words[0]),
      key: slowKey(entry.words, prefixes),
      arguments: Math.max(0, entry.words.length - 1),
    }));
    const commands = fitting(all, new Room(limits, count));
    const isCut = commands.length < total;
    return { commands, total, truncated: isCut, ...(isCut ? { hint: 'raise count for older ones' } : {}) };
  },
});
