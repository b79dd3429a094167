import { z } from 'zod';
import { toolsOf } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { ProposedAction } from '../../action.ts';
import { Revision } from '../../backend.ts';
import { Signals } from '../../contracts.ts';
import { Measured } from '../../events.ts';
import type { MockWorld } from './world.ts';

export interface MockTypes {
  Reader: MockWorld;
  Writer: MockWorld;
  Entry: Record<string, never>;
}

const tool = toolsOf<MockTypes>();
const Nothing = z.strictObject({});
const Done = z.strictObject({ detail: z.string() });
export const History = Signals.pick({ recent_deploys: true, metrics: true, logs: true });
export const Status = Signals.shape.services.element;
export const RevisionsAnswer = z.strictObject({ revisions: z.array(Revision) });
export const MeasureAnswer = z.strictObject({ measured: Measured.nullable() });
const Image = z.strictObject({ commit: z.string() });
const Count = z.strictObject({ replicas: z.number().int() });

const one = { reach: 'component' } as const;
const scope = (target: { readonly name: string }) => ({ resources: [`${target.name} (mock)`], atMost: 1 });

const status = tool({
  ...one,
  name: 'mock_status',
  access: 'read',
  title: 'Status of a mock service',
  description: 'Replicas, revision and image of one service of the mock cluster.',
  params: Nothing,
  output: Status,
  run: ({ client, target, signal }) => statusOf(client, target.name, signal),
});

const history = tool({
  ...one,
  name: 'mock_history',
  access: 'read',
  title: 'Deploys, series and logs of a mock service',
  description: 'What one service of the mock cluster did before the alert of the present incident.',
  params: Nothing,
  output: History,
  async run({ client, target, signal }) {
    const { recent_deploys, metrics, logs } = await gathered(client, signal);
    return {
      recent_deploys: recent_deploys.filter(({ service }) => service === target.name),
      metrics: metrics.filter(({ component }) => component === target.name),
      logs: logs.filter(({ component }) => component === target.name),
    };
  },
});

const revisions = tool({
  ...one,
  name: 'mock_revisions',
  access: 'read',
  title: 'Revisions of a mock service',
  description: 'The revisions that the mock cluster keeps of one service, newest first.',
  params: Nothing,
  output: RevisionsAnswer,
  run: async ({ client, target, signal }) => ({
    revisions: [...(await client.current().revisions(target.name, signal))],
  }),
});

const measure = tool({
  ...one,
  name: 'mock_measure',
  access: 'read',
  title: 'Measure a mock service',
  description: 'One measure of one service of the mock cluster, now by its clock.',
  params: z.strictObject({ metric: z.string().max(48) }),
  output: MeasureAnswer,
  async run({ client, target, signal }, { metric }) {
    const { alert } = client.current().scenario;
    const measured = await client.current().measure({ ...alert, component: target.name, metric }, signal);
    return { measured: measured ?? null };
  },
});

const rollback = tool({
  ...one,
  name: 'mock_rollback',
  access: 'write',
  title: 'Roll a mock service back',
  description: 'Run an earlier revision of one service of the mock cluster.',
  params: z.strictObject({ revision: z.string().max(20) }),
  output: Done,
  scope,
  effect: {
    kind: 'update',
    way: 'runs the revision again that ran before',
    capture: async ({ client, target, signal }) => ({
      commit: (await presentOf(client, target.name, signal)).commit,
    }),
    async revert({ client, target, signal }, { before }) {
      const { commit } = Image.parse(before);
      const kept = await client.current().revisions(target.name, signal);
      const was = kept.find((revision) => revision.commit === commit);
      if (!was) throw new ToolError('conflict', 'the mock began another incident since; nothing is put back');
      if (!was.current) await act(client, rollbackOf(target.name, was.revision), signal);
    },
    isBack: async ({ client, target, signal }, { before }) =>
      (await presentOf(client, target.name, signal)).commit === Image.parse(before).commit,
  },
  run: ({ client, target, signal }, { revision }) => act(client, rollbackOf(target.name, revision), signal),
});

const scale = tool({
  ...one,
  name: 'mock_scale',
  access: 'write',
  title: 'Scale a mock service',
  description: 'Set how many replicas one service of the mock cluster has.',
  params: Count,
  output: Done,
  scope,
  effect: {
    kind: 'update',
    way: 'sets the number of replicas as it was',
    capture: async ({ client, target, signal }) => ({
      replicas: (await statusOf(client, target.name, signal)).wanted,
    }),
    async revert({ client, target, signal }, { before }) {
      await act(client, scaleOf(target.name, Count.parse(before).replicas), signal);
    },
    isBack: async ({ client, target, signal }, { before }) =>
      (await statusOf(client, target.name, signal)).wanted === Count.parse(before).replicas,
  },
  run: ({ client, target, signal }, { replicas }) => act(client, scaleOf(target.name, replicas), signal),
});

/** The tools of `mock-service`, the component type that a demonstration's server alone has. */
export const MOCK_TOOLS = [status, history, revisions, measure, rollback, scale];

const gathered = (world: MockWorld, signal: AbortSignal) =>
  world.current().gather(world.current().scenario.alert, signal);

async function statusOf(world: MockWorld, name: string, signal: AbortSignal) {
  const found = (await gathered(world, signal)).services.find((service) => service.name === name);
  if (!found) throw new ToolError('not_found', `the mock cluster runs no service '${name}'`);
  return found;
}

async function presentOf(world: MockWorld, name: string, signal: AbortSignal) {
  const present = (await world.current().revisions(name, signal)).find(({ current }) => current);
  if (!present) throw new ToolError('not_found', `${name} runs no revision`);
  return present;
}

/** The mock does a key once; each call of the pipeline is asked for once, so each has its own. */
const act = (world: MockWorld, action: ProposedAction, signal: AbortSignal) =>
  world.current().act(action, crypto.randomUUID(), signal);

const rollbackOf = (service: string, revision: string): ProposedAction => ({
  kind: 'rollback_deploy',
  service,
  scope: [service],
  expected_effect: `${service} runs revision ${revision}`,
  revision,
  way_back: { revision },
});

const scaleOf = (service: string, replicas: number): ProposedAction => ({
  kind: 'scale_service',
  service,
  scope: [service],
  expected_effect: `${service} has ${replicas} replicas`,
  replicas,
  way_back: { replicas },
});
