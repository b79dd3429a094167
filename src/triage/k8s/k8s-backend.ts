import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Diagnoses } from '../../gate/diagnoses.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Graph } from '../../topology/graph.ts';
import { type ProposedAction, wayBackOf } from '../action.ts';
import type { InfraBackend, Revision } from '../backend.ts';
import type { Signals } from '../contracts.ts';
import { isRolledBack } from '../stands.ts';
import type { Tools } from '../tools.ts';
import { type ClusterRevision, commitOf, imageOf, Revisions, Workloads } from './answers.ts';
import { logsOf } from './logs.ts';
import { measureAlert, measuresOf } from './measures.ts';

/** A deploy that is older than this at the alert is no recent one. Milliseconds. */
const RECENT_MS = 24 * 60 * 60_000;

export interface K8sOptions {
  readonly tools: Tools;
  /** The topology in force. */
  graph(): Graph;
  readonly diagnoses: Pick<Diagnoses, 'record'>;
}

/**
 * The workloads that a principal's links reach, through its own tools: every read and write passes the pipeline, the
 * gate and the audit, as nothing reaches a service by another road.
 *
 * `act` keeps its promise to act once for a key through the recorded diagnosis, whose write the gate lets pass once.
 */
export function openK8sBackend({ tools, graph, diagnoses }: K8sOptions): InfraBackend {
  const ask = async <T>(shape: z.ZodType<T>, tool: string, args: object, signal: AbortSignal): Promise<T> => {
    const parsed = shape.safeParse((await tools.call(tool, { ...args }, signal)).output);
    if (!parsed.success) throw new ToolError('backend_failed', `${tool} answered in another shape`);
    return parsed.data;
  };
  const names = () => {
    const { components } = graph();
    return tools
      .targetsOf('k8s_revisions')
      .filter((name) => components.get(name)?.type === 'kubernetes-workload')
      .filter((name) => String(components.get(name)?.connection.workload).startsWith('deployment/'));
  };
  const revisionsOf = async (service: string, signal: AbortSignal) => {
    if (!names().includes(service))
      throw new ToolError('not_found', `no linked service is called '${service}'`);
    const { revisions } = await ask(Revisions, 'k8s_revisions', { target: service }, signal);
    return revisions;
  };

  return {
    kind: 'kubernetes',
    now: Date.now,
    pause: (ms, signal) => sleep(ms, undefined, { signal }),
    async gather(alert, signal) {
      const services = await Promise.all(names().map((name) => serviceOf(name, signal)));
      const deploys = await Promise.all(
        names().map(async (name) => deploysOf(name, await revisionsOf(name, signal), alert.at)),
      );
      const { components, links } = graph();
      return {
        alert,
        services,
        recent_deploys: deploys.flat().sort((a, b) => (a.at < b.at ? 1 : -1)),
        metrics: await measuresOf(tools, graph(), alert, signal),
        logs: await logsOf(tools, names(), signal),
        protected_resources: [...components.values()]
          .filter(({ isProtected }) => isProtected)
          .map(({ name }) => name),
        links: links.filter(({ from }) => from !== tools.principal).map(({ from, to }) => ({ from, to })),
      };
    },
    revisions: async (service, signal) => (await revisionsOf(service, signal)).map(toRevision),
    async record({ run, diagnosis, action }) {
      const { hypothesis, confidence } = diagnosis;
      const writes = [action, wayBackOf(action)].map((one) => {
        const { tool, args } = callOf(one);
        return { tool, target: one.service, args };
      });
      await diagnoses.record({
        run,
        principal: tools.principal,
        topology: graph().hash,
        hypothesis: hypothesis.slice(0, 2_000),
        confidence,
        writes,
      });
    },
    async act(action, _key, signal) {
      if (!names().includes(action.service))
        throw new ToolError('not_found', `no linked service is called '${action.service}'`);
      const { tool, args } = callOf(action);
      const { seq } = await tools.call(tool, { target: action.service, ...args }, signal);
      const detail = `${tool} of ${action.service} was done`;
      return seq === undefined ? { detail } : { detail, seq };
    },
    async stands(action, signal) {
      if (action.kind === 'scale_service')
        return (await serviceOf(action.service, signal)).wanted === action.replicas;
      return isRolledBack(action, (await revisionsOf(action.service, signal)).map(toRevision));
    },
    measure: (alert, signal) =>
      measureAlert(alert, { tools, graph: graph(), serviceOf: (name) => serviceOf(name, signal) }, signal),
  };

  async function serviceOf(name: string, signal: AbortSignal): Promise<Signals['services'][number]> {
    if (!names().includes(name)) throw new ToolError('not_found', `no linked service is called '${name}'`);
    const { workloads } = await ask(Workloads, 'k8s_list_workloads', { target: name }, signal);
    const [one] = workloads;
    if (!one) throw new ToolError('not_found', `the cluster has no workload of ${name}`);
    const { ready, desired, images, revision = 0 } = one;
    return { name, ready, wanted: desired, revision: String(revision), image: imageOf(images) };
  }
}

const toRevision = (one: ClusterRevision): Revision => ({
  revision: String(one.revision),
  image: imageOf(one.images),
  commit: commitOf(one),
  current: one.current,
});

function deploysOf(
  service: string,
  revisions: readonly ClusterRevision[],
  alertAt: string,
): Signals['recent_deploys'] {
  return revisions
    .filter(({ created }) => created !== undefined && Date.parse(alertAt) - Date.parse(created) < RECENT_MS)
    .map((one) => ({
      service,
      revision: String(one.revision),
      image: imageOf(one.images),
      commit: commitOf(one),
      at: one.created ?? alertAt,
      ...(one.change_cause === undefined ? {} : { message: one.change_cause }),
    }));
}

/** The tool that does an action, with the arguments as its schema takes them: the recorded diagnosis is bound to these. */
function callOf(action: ProposedAction): { tool: string; args: Record<string, number> } {
  return action.kind === 'rollback_deploy'
    ? { tool: 'k8s_rollback_workload', args: { revision: Number(action.revision) } }
    : { tool: 'k8s_scale', args: { replicas: action.replicas, from: action.way_back.replicas } };
}
