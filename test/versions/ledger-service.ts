import { z } from 'zod';
import { agent } from '../../src/services/agent/service.ts';
import { application } from '../../src/services/application/service.ts';
import { stack } from '../../src/services/stack/service.ts';
import { defineService, type ServiceDefinition, toolsOf } from '../../src/toolset/define.ts';
import { ToolError } from '../../src/toolset/errors.ts';

/** The state behind every component of type `ledger`, by `component/key`, and what a test does to it. */
export interface Ledger {
  readonly entries: Map<string, string>;
  /** Called before each write or way back, with `set books/a` or `revert set books/a`; may throw. */
  before(what: string): void | Promise<void>;
  /** Every write and way back that was done, in order. */
  readonly done: string[];
}

interface Types {
  Reader: { ledger: Ledger; component: string };
  Writer: { ledger: Ledger; component: string };
  Entry: Record<string, never>;
}
const tool = toolsOf<Types>();
const Key = z.string().min(1).max(40);

const act = async ({ ledger }: Types['Writer'], what: string, work: () => void) => {
  await ledger.before(what);
  work();
  ledger.done.push(what);
};
const placeOf = ({ component }: Types['Writer'], key: string) => `${component}/${key}`;

const show = tool({
  name: 'ledger_show',
  access: 'read',
  reach: 'component',
  title: 'Show entries',
  description: 'Show every entry of the ledger.',
  params: z.strictObject({}),
  output: z.strictObject({
    entries: z.array(z.strictObject({ key: z.string(), value: z.string() })),
    truncated: z.boolean(),
  }),
  list: 'entries',
  run: async ({ client: { ledger, component } }) => ({
    entries: [...ledger.entries]
      .filter(([place]) => place.startsWith(`${component}/`))
      .map(([place, value]) => ({ key: place.slice(component.length + 1), value })),
    truncated: false,
  }),
});

const set = tool({
  name: 'ledger_set',
  access: 'write',
  reach: 'component',
  title: 'Set an entry',
  description: 'Set one entry of the ledger.',
  params: z.strictObject({ key: Key, value: z.string() }),
  output: z.strictObject({ key: z.string() }),
  scope: (_target, { key }) => ({ resources: [`entry ${key}`], atMost: 1 }),
  effect: {
    kind: 'update',
    way: 'sets the entry as it was',
    isBack: async ({ client }, { args, before }) =>
      (client.ledger.entries.get(placeOf(client, args.key)) ?? null) === before,
    capture: async ({ client }, { key }) => client.ledger.entries.get(placeOf(client, key)) ?? null,
    async precheck({ client }) {
      if (!isKept(client)) return {};
      const pause = { tool: 'ledger_rest', args: {}, state: 'the robot rests' };
      return { reconcilers: [{ name: 'the robot', does: 'keeps every entry', pause }] };
    },
    async revert({ client }, { args, before }) {
      const place = placeOf(client, args.key);
      if (isKept(client)) throw new ToolError('conflict', `the robot keeps ${place}`);
      if (client.ledger.entries.get(place) !== args.value)
        throw new ToolError('conflict', `somebody changed ${place} since`);
      await act(client, `revert set ${place}`, () => {
        if (typeof before === 'string') client.ledger.entries.set(place, before);
        else client.ledger.entries.delete(place);
      });
    },
  },
  async run({ client }, { key, value }) {
    await act(client, `set ${placeOf(client, key)}`, () =>
      client.ledger.entries.set(placeOf(client, key), value),
    );
    return { key };
  },
});

/** What undoes every way back of `ledger_set`, until it rests. A test lets it work by an entry. */
const ROBOT = 'robot';
const isKept = (client: Types['Writer']) => client.ledger.entries.get(placeOf(client, ROBOT)) === 'works';

const rest = tool({
  name: 'ledger_rest',
  access: 'write',
  reach: 'component',
  title: 'Let the robot rest',
  description: 'Let the robot of the ledger rest.',
  params: z.strictObject({}),
  output: z.strictObject({ rested: z.boolean() }),
  scope: ({ component }) => ({ resources: [`robot of ${component}`], atMost: 1 }),
  effect: {
    kind: 'update',
    way: 'lets it work again',
    isBack: async ({ client }, { before }) => client.ledger.entries.get(placeOf(client, ROBOT)) === before,
    capture: async ({ client }) => client.ledger.entries.get(placeOf(client, ROBOT)) ?? null,
    async revert({ client }, { before }) {
      await act(client, `revert rest ${client.component}`, () =>
        client.ledger.entries.set(placeOf(client, ROBOT), String(before)),
      );
    },
  },
  async run({ client }) {
    const place = placeOf(client, ROBOT);
    await act(client, `rest ${client.component}`, () => client.ledger.entries.set(place, 'rests'));
    return { rested: true };
  },
});

const create = tool({
  name: 'ledger_create',
  access: 'write',
  reach: 'component',
  title: 'Create an entry',
  description: 'Create one entry that is not there.',
  params: z.strictObject({ key: Key }),
  output: z.strictObject({ key: z.string() }),
  scope: (_target, { key }) => ({ resources: [`entry ${key}`], atMost: 1 }),
  effect: {
    kind: 'create',
    way: 'deletes the entry',
    unverifiable: 'it stands for a service that does not show what it was told',
    capture: async () => null,
    async revert({ client }, { args }) {
      await act(client, `revert create ${placeOf(client, args.key)}`, () =>
        client.ledger.entries.delete(placeOf(client, args.key)),
      );
    },
  },
  async run({ client }, { key }) {
    if (client.ledger.entries.has(placeOf(client, key)))
      throw new ToolError('conflict', 'it is there already');
    await act(client, `create ${placeOf(client, key)}`, () =>
      client.ledger.entries.set(placeOf(client, key), 'new'),
    );
    return { key };
  },
});

const burn = tool({
  name: 'ledger_burn',
  access: 'write',
  reach: 'component',
  title: 'Burn an entry',
  description: 'Burn one entry for good.',
  params: z.strictObject({ key: Key }),
  output: z.strictObject({ key: z.string() }),
  scope: (_target, { key }) => ({ resources: [`entry ${key}`], atMost: 1 }),
  effect: { kind: 'destroy', irreversible: 'ashes cannot be read' },
  async run({ client }, { key }) {
    await act(client, `burn ${placeOf(client, key)}`, () =>
      client.ledger.entries.delete(placeOf(client, key)),
    );
    return { key };
  },
});

/** A service whose state a test holds in its hands. */
export function openLedger(entries = new Map<string, string>()): {
  ledger: Ledger;
  services: ReadonlyMap<string, ServiceDefinition>;
} {
  const ledger: Ledger = { entries, before: () => {}, done: [] };
  const service = defineService<Types, z.ZodObject<Record<string, never>>>({
    type: 'ledger',
    layer: 'data',
    title: 'Ledger',
    description: 'Entries by key.',
    prefix: 'ledger',
    connection: z.strictObject({}),
    links: { uses: { description: 'uses it' } },
    tools: [show, set, create, burn],
    pausers: [rest],
    configuration: [{ tool: 'ledger_show', list: 'entries', key: ['key'], fields: ['value'] }],
    connect: async () => ({
      openReader: async ({ component }) => ({ client: { ledger, component }, close: async () => {} }),
      openWriter: async ({ component }) => ({ client: { ledger, component }, close: async () => {} }),
    }),
  });
  return { ledger, services: new Map([agent, application, stack, service].map((one) => [one.type, one])) };
}
