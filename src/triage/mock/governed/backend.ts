import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Diagnoses } from '../../../gate/diagnoses.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { Graph } from '../../../topology/graph.ts';
import { type ProposedAction, wayBackOf } from '../../action.ts';
import { isRolledBack } from '../../stands.ts';
import type { Tools } from '../../tools.ts';
import type { MockBackend } from '../mock-backend.ts';
import { History, MeasureAnswer, RevisionsAnswer, Status } from './tools.ts';
import type { MockWorld } from './world.ts';

interface GovernedOptions {
  readonly tools: Tools;
  readonly world: MockWorld;
  /** The topology in force. */
  graph(): Graph;
  readonly diagnoses: Pick<Diagnoses, 'record'>;
  /** How long a pause of the mock takes for those who look on, whatever it takes by the mock's own clock. Milliseconds. */
  readonly paceMs: number;
}

/**
 * The mock cluster reached through a server's tools: whatever is read or written passes the pipeline, the gate and the
 * audit, and nothing but the cluster itself is a mock.
 */
export function openGovernedMock({ tools, world, graph, diagnoses, paceMs }: GovernedOptions): MockBackend {
  const ask = async <T>(shape: z.ZodType<T>, tool: string, args: object, signal: AbortSignal): Promise<T> => {
    const parsed = shape.safeParse((await tools.call(tool, { ...args }, signal)).output);
    if (!parsed.success) throw new ToolError('backend_failed', `${tool} answered in another shape`);
    return parsed.data;
  };
  const names = () => tools.targetsOf('mock_status');
  const mustBeLinked = (service: string) => {
    if (!names().includes(service))
      throw new ToolError('not_found', `no linked service is called '${service}'`);
  };
  const statusOf = (target: string, signal: AbortSignal) => ask(Status, 'mock_status', { target }, signal);
  const revisionsOf = async (target: string, signal: AbortSignal) => {
    mustBeLinked(target);
    return (await ask(RevisionsAnswer, 'mock_revisions', { target }, signal)).revisions;
  };

  return {
    kind: 'mock',
    get scenario() {
      return world.current().scenario;
    },
    get written() {
      return world.current().written;
    },
    now: () => world.current().now(),
    async pause(ms, signal) {
      await sleep(paceMs, undefined, { signal });
      await world.current().pause(ms, signal);
    },
    async gather(alert, signal) {
      const [services, histories] = await Promise.all([
        Promise.all(names().map((name) => statusOf(name, signal))),
        Promise.all(names().map((target) => ask(History, 'mock_history', { target }, signal))),
      ]);
      const { components, links } = graph();
      const isMock = (name: string) => components.get(name)?.type === 'mock-service';
      return {
        alert,
        services,
        recent_deploys: histories
          .flatMap((one) => one.recent_deploys)
          .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)),
        metrics: histories.flatMap(({ metrics }) => metrics),
        logs: histories.flatMap(({ logs }) => logs).sort((a, b) => (a.at < b.at ? -1 : 1)),
        protected_resources: [...components.values()]
          .filter(({ isProtected }) => isProtected)
          .map(({ name }) => name),
        links: links
          .filter(({ from, to }) => isMock(from) && isMock(to))
          .map(({ from, to }) => ({ from, to })),
      };
    },
    revisions: revisionsOf,
    async record({ run, diagnosis, action }) {
      const { hypothesis, confidence } = diagnosis;
      await diagnoses.record({
        run,
        principal: tools.principal,
        topology: graph().hash,
        hypothesis: hypothesis.slice(0, 2_000),
        confidence,
        writes: [action, wayBackOf(action)].map((one) => ({ target: one.service, ...callOf(one) })),
      });
    },
    async act(action, _key, signal) {
      mustBeLinked(action.service);
      const { tool, args } = callOf(action);
      const { seq } = await tools.call(tool, { target: action.service, ...args }, signal);
      const detail = `${tool} of ${action.service} was done on the mock`;
      return seq === undefined ? { detail } : { detail, seq };
    },
    async stands(action, signal) {
      if (action.kind === 'scale_service')
        return (await statusOf(action.service, signal)).wanted === action.replicas;
      return isRolledBack(action, await revisionsOf(action.service, signal));
    },
    async measure({ component: target, metric }, signal) {
      if (metric === undefined) return undefined;
      return (await ask(MeasureAnswer, 'mock_measure', { target, metric }, signal)).measured ?? undefined;
    },
  };
}

/** The tool that does an action, with the arguments as its schema takes them: the recorded diagnosis is bound to these. */
const callOf = (action: ProposedAction): { tool: string; args: Record<string, string | number> } =>
  action.kind === 'rollback_deploy'
    ? { tool: 'mock_rollback', args: { revision: action.revision } }
    : { tool: 'mock_scale', args: { replicas: action.replicas } };
