import { z } from 'zod';
import { agent } from '../../src/services/agent/service.ts';
import { stack } from '../../src/services/stack/service.ts';
import {
  defineService,
  type JsonValue,
  type Limits,
  type Opened,
  secret,
  setting,
  toolsOf,
} from '../../src/toolset/define.ts';

/** What a test has each step of the probe do; each gets the arguments and the stage's signal. */
export interface Behaviour {
  read(args: Record<string, unknown>, signal: AbortSignal): Promise<Record<string, unknown>>;
  capture(args: Record<string, unknown>, signal: AbortSignal): Promise<JsonValue>;
  write(
    args: Record<string, unknown>,
    signal: AbortSignal,
    recordAfter: (after: JsonValue) => Promise<void>,
  ): Promise<Record<string, unknown>>;
  openReader(): Promise<void>;
  openWriter(): Promise<void>;
  close(): Promise<void>;
}

export interface Probe {
  readonly does: Behaviour;
  /** Everything that happened, in order. */
  readonly trace: string[];
}

interface ProbeTypes {
  Reader: Probe;
  Writer: Probe;
  Entry: Record<string, never>;
}

const tool = toolsOf<ProbeTypes>();
const params = z.strictObject({ text: z.string().optional(), n: z.number().optional() });
const output = z.looseObject({});
const about = {
  title: 'Probe',
  description: 'Does what the test says.',
  reach: 'sub',
  params,
  output,
} as const;

const read = tool({
  ...about,
  name: 'probe_read',
  access: 'read',
  run: ({ client, signal }, args) => {
    client.trace.push('read runs');
    return client.does.read(args, signal);
  },
});

const list = tool({
  ...about,
  name: 'probe_list',
  access: 'read',
  output: z.looseObject({
    items: z.array(z.json()),
    truncated: z.boolean().optional(),
    hint: z.string().optional(),
  }),
  list: 'items',
  run: async ({ client, signal }, args) => {
    client.trace.push('list runs');
    return { items: [], ...(await client.does.read(args, signal)) };
  },
});

const template = tool({
  ...about,
  name: 'probe_template',
  access: 'read',
  params: z.strictObject({ dsn: z.string(), note: z.string() }),
  templated: { dsn: ['host', 'password'] },
  run: ({ client, signal }, args) => client.does.read(args, signal),
});

const write = tool({
  ...about,
  name: 'probe_write',
  access: 'write',
  scope: ({ reach }, args) => {
    if (reach.size === 0) throw new Error('a write without a reach');
    return { resources: [`row ${args.text ?? 'x'}`], atMost: args.n ?? 1 };
  },
  effect: {
    kind: 'update',
    way: 'does nothing',
    unverifiable: 'there is nothing to read',
    capture: ({ client, signal }, args) => {
      client.trace.push('capture runs');
      return client.does.capture(args, signal);
    },
    revert: async () => {},
  },
  run: ({ client, signal, recordAfter }, args) => {
    client.trace.push('write runs');
    return client.does.write(args, signal, recordAfter);
  },
});

const burn = tool({
  ...about,
  name: 'probe_burn',
  access: 'write',
  params: z.strictObject({ key: z.string(), dsn: z.string().optional() }),
  templated: { dsn: ['host', 'password'] },
  scope: (_target, { key }) => ({ resources: [`row ${key}`], atMost: 1 }),
  effect: { kind: 'destroy', irreversible: 'ash stays ash' },
  run: ({ client, signal, recordAfter }, args) => {
    client.trace.push('burn runs');
    return client.does.write(args, signal, recordAfter);
  },
});

/** The probe's services, and the probe itself, which is every client that they open. */
export function openProbe(limits: Partial<Limits> = {}, concurrency = { running: 4, waiting: 4 }) {
  const trace: string[] = [];
  const probe: Probe = {
    trace,
    does: {
      read: async () => ({ answer: 42 }),
      capture: async () => ({ was: 1 }),
      write: async () => ({ written: true }),
      openReader: async () => {},
      openWriter: async () => {},
      close: async () => {},
    },
  };
  const opener = (kind: 'openReader' | 'openWriter') => async (): Promise<Opened<Probe>> => {
    trace.push(kind === 'openReader' ? 'reader opens' : 'writer opens');
    await probe.does[kind]();
    const close = async () => {
      trace.push(kind === 'openReader' ? 'reader closes' : 'writer closes');
      await probe.does.close();
    };
    return { client: probe, close };
  };
  const service = defineService<ProbeTypes, z.ZodObject>({
    type: 'probe',
    prefix: 'probe',
    layer: 'data',
    title: 'Probe',
    description: 'A backend of the test',
    connection: z.strictObject({
      host: setting(z.string()),
      credentials: z.strictObject({ user: secret(), password: secret() }),
    }),
    subComponents: {
      key: 'drawers',
      singular: 'drawer',
      entry: z.strictObject({ rows: z.array(z.string()).default(['r1', 'r2', 'r3']) }),
      narrowable: ['rows'],
      required: true,
    },
    links: {
      uses: { description: 'reads and writes' },
      looks: { description: 'reads', access: 'read' },
    },
    tools: [read, list, template, write, burn],
    connect: async () => ({ openReader: opener('openReader'), openWriter: opener('openWriter') }),
    limits: { rows: 10, bytes: 2_000, deadlineMs: 5_000, ...limits },
    blastRadius: 10,
    concurrency,
  });
  return { probe, services: new Map([service, agent, stack].map((one) => [one.type, one])) };
}
