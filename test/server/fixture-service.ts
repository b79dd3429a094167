import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { agent } from '../../src/services/agent/service.ts';
import { stack } from '../../src/services/stack/service.ts';
import { defineService, type ServiceDefinition, toolsOf } from '../../src/toolset/define.ts';
import { ToolError } from '../../src/toolset/errors.ts';

/** What the service did, so that a test can say what really happened behind the server. */
export interface Box {
  readonly rows: Map<string, string>;
  /** How often each tool ran. */
  readonly ran: Map<string, number>;
  /** Calls that run now, and the most that ever ran at once. */
  running: number;
  peak: number;
  /** Calls that were told to stop while they ran. */
  aborted: number;
}

interface BoxTypes {
  Reader: Box;
  Writer: Box;
  Entry: Record<string, never>;
}

const tool = toolsOf<BoxTypes>();
const Key = z.string().min(1).max(64);

async function within<T>(box: Box, name: string, work: () => Promise<T> | T): Promise<T> {
  box.ran.set(name, (box.ran.get(name) ?? 0) + 1);
  box.running += 1;
  box.peak = Math.max(box.peak, box.running);
  try {
    return await work();
  } finally {
    box.running -= 1;
  }
}

const get = tool({
  name: 'box_get',
  access: 'read',
  title: 'Get a row',
  description: 'Get the value of one row.',
  reach: 'sub',
  params: z.strictObject({ key: Key }),
  output: z.strictObject({ key: z.string(), value: z.string().nullable() }),
  run: ({ client }, { key }) =>
    within(client, 'box_get', () => ({ key, value: client.rows.get(key) ?? null })),
});

const put = tool({
  name: 'box_put',
  access: 'write',
  title: 'Put a row',
  description: 'Set the value of one row.',
  reach: 'sub',
  params: z.strictObject({ key: Key, value: z.string() }),
  output: z.strictObject({ key: z.string() }),
  scope: (_target, { key }) => ({ resources: [`row ${key}`], atMost: 1 }),
  effect: {
    kind: 'update',
    way: 'sets the row as it was',
    isBack: async ({ client }, { args, before }) => (client.rows.get(args.key) ?? null) === before,
    capture: async ({ client }, { key }) => client.rows.get(key) ?? null,
    revert: async ({ client }, { args, before }) => {
      if (typeof before === 'string') client.rows.set(args.key, before);
      else client.rows.delete(args.key);
    },
  },
  run: ({ client }, { key, value }) =>
    within(client, 'box_put', () => {
      client.rows.set(key, value);
      return { key };
    }),
});

const shred = tool({
  name: 'box_shred',
  access: 'write',
  title: 'Shred a row',
  description: 'Delete one row for good.',
  reach: 'sub',
  params: z.strictObject({ key: Key, note: z.string().optional() }),
  output: z.strictObject({ key: z.string(), shredded: z.boolean() }),
  scope: (_target, { key }) => ({ resources: [`row ${key}`], atMost: 1 }),
  effect: { kind: 'destroy', irreversible: 'a shredded row cannot be put together again' },
  run: ({ client }, { key }) =>
    within(client, 'box_shred', () => ({ key, shredded: client.rows.delete(key) })),
});

const wait = tool({
  name: 'box_wait',
  access: 'read',
  title: 'Wait',
  description: 'Take a while.',
  reach: 'sub',
  params: z.strictObject({ ms: z.number().int().min(0).max(60_000) }),
  output: z.strictObject({ waited: z.number() }),
  run: ({ client, signal }, { ms }) =>
    within(client, 'box_wait', async () => {
      signal.addEventListener('abort', () => {
        client.aborted += 1;
      });
      await sleep(ms, undefined, { signal });
      return { waited: ms };
    }),
});

const fail = tool({
  name: 'box_fail',
  access: 'read',
  title: 'Fail',
  description: 'Fail in a known or an unknown way.',
  reach: 'sub',
  params: z.strictObject({ known: z.boolean() }),
  output: z.strictObject({}),
  run: ({ client }, { known }) =>
    within(client, 'box_fail', () => {
      if (known) throw new ToolError('query_failed', 'the box is jammed');
      throw new Error('connect to postgres://root:hunter2@10.0.0.1 failed');
    }),
});

const huge = tool({
  name: 'box_huge',
  access: 'read',
  title: 'Get everything',
  description: 'Get more than fits.',
  reach: 'sub',
  params: z.strictObject({ rows: z.number().int().min(1).max(100_000) }),
  output: z.strictObject({
    rows: z.array(z.string()),
    truncated: z.boolean().optional(),
    hint: z.string().optional(),
  }),
  list: 'rows',
  run: ({ client }, { rows }) =>
    within(client, 'box_huge', () => ({ rows: Array.from({ length: rows }, () => 'x'.repeat(1000)) })),
});

const strange = tool({
  name: 'box_strange',
  access: 'read',
  title: 'Get strange text',
  description: 'Get text that terminals and models obey without showing it.',
  reach: 'sub',
  params: z.strictObject({}),
  output: z.strictObject({ text: z.string() }),
  run: ({ client }) =>
    within(client, 'box_strange', () => ({ text: 'a\u001b[31mred\u202eback\u{e0041}tag\u0007' })),
});

const state = tool({
  name: 'box_state',
  access: 'read',
  title: 'Look behind',
  description: 'What ran so far.',
  reach: 'sub',
  params: z.strictObject({}),
  output: z.strictObject({
    rows: z.number(),
    running: z.number(),
    aborted: z.number(),
    shredded: z.number(),
  }),
  run: async ({ client }) => ({
    rows: client.rows.size,
    running: client.running,
    aborted: client.aborted,
    shredded: client.ran.get('box_shred') ?? 0,
  }),
});

/** A service whose backend is an object of the test. */
export function openFixture(): { box: Box; services: ReadonlyMap<string, ServiceDefinition> } {
  const box: Box = { rows: new Map(), ran: new Map(), running: 0, peak: 0, aborted: 0 };
  const opened = async () => ({ client: box, close: async () => {} });
  const service = defineService<BoxTypes, z.ZodObject>({
    type: 'box',
    prefix: 'box',
    layer: 'data',
    title: 'Box',
    description: 'Rows of text in the memory of a test',
    connection: z.strictObject({}),
    subComponents: {
      key: 'drawers',
      singular: 'drawer',
      entry: z.strictObject({}),
      narrowable: [],
      required: true,
    },
    links: {
      uses: { description: 'keeps rows in' },
      looks: { description: 'reads rows of', access: 'read' },
    },
    tools: [get, put, shred, wait, fail, huge, strange, state],
    connect: async () => ({ openReader: opened, openWriter: opened }),
    concurrency: { running: 16, waiting: 64 },
  });
  return { box, services: new Map([service, agent, stack].map((one) => [one.type, one])) };
}
