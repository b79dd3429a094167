import { z } from 'zod';
import { Count, fitting, Room } from '../page.ts';
import { tool } from '../tool.ts';

export const clients = tool({
  name: 'redis_clients',
  access: 'read',
  reach: 'component',
  title: 'Connected clients',
  description:
    'The clients connected to the server, the longest idle first: name, age, idle time, last command. No addresses.',
  params: z.strictObject({ count: Count }),
  output: z.strictObject({
    clients: z.array(
      z.strictObject({
        id: z.number(),
        name: z.string(),
        age_seconds: z.number(),
        idle_seconds: z.number(),
        database: z.number(),
        command: z.string(),
      }),
    ),
    total: z.number().int(),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'clients',
  async run({ client, signal, limits }, { count }) {
    const lines = (await client.during(signal).clientList()).split('\n').filter((line) => line.length > 0);
    const all = lines.map(clientOf).sort((a, b) => b.idle_seconds - a.idle_seconds);
    const shown = fitting(all, new Room(limits, count));
    const isCut = shown.length < all.length;
    return {
      clients: shown,
      total: all.length,
      truncated: isCut,
      ...(isCut ? { hint: 'raise count for more' } : {}),
    };
  },
});

/** One line of CLIENT LIST: `id=7 addr=... name=... age=3`. No value in it can hold a space. */
function clientOf(line: string) {
  const fields = new Map(
    line.split(' ').map((field): [string, string] => {
      const at = field.indexOf('=');
      return [field.slice(0, at), field.slice(at + 1)];
    }),
  );
  const figure = (name: string) => Number(fields.get(name) ?? 0);
  return {
    id: figure('id'),
    name: (fields.get('name') ?? '').slice(0, 200),
    age_seconds: figure('age'),
    idle_seconds: figure('idle'),
    database: figure('db'),
    command: (fields.get('cmd') ?? '').slice(0, 64),
  };
}
