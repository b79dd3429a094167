import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { Graph } from '../../topology/graph.ts';
import type { Alert, InfraBackend, Revision } from '../backend.ts';
import type { Signals } from '../contracts.ts';
import { isRolledBack } from '../stands.ts';
import type { Tools } from '../tools.ts';
import { annotated } from './annotations.ts';
import { type ClusterRevision, commitOf, imageOf, Revisions, Workloads } from './answers.ts';
import { callOf } from './calls.ts';
import { logsOf } from './logs.ts';
import { measureAlert, measuresOf } from './measures.ts';

/** A deploy that is older than this at the alert is no recent one. Milliseconds. */
const RECENT_MS = 24 * 60 * 60_000;

export interface K8sOptions {
  readonly tools: Tools;
  /** The topology in force. */
  graph(): Graph;
  /** Keeps a diagnosis where the gate looks, or has the server keep it. Throws ToolError('write_refused') where it is not kept. */
  readonly record: InfraBackend['record'];
}

/**
 * The workloads that a principal's links reach, through its own tools: every read and write passes the pipeline, the
 * gate and the audit, as nothing reaches a service by another road.
 *
 * `act` keeps its promise to act once for a key through the recorded diagnosis, whose write the gate lets pass once.
 */
export function openK8sBackend({ tools, graph, record }: K8sOptions): InfraBackend {
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
      await tools.refresh(signal);
      const found = await Promise.all(names().map((name) => lookAt(name, alert, signal)));
      const seen = found.flatMap((one) => (one ? [one] : []));
      const { components, links } = graph();
      const newest = seen.flatMap(({ deploys }) => deploys).sort((a, b) => (a.at < b.at ? 1 : -1));
      return {
        alert,
        services: seen.map(({ service }) => service),
        recent_deploys: await annotated(tools, newest, alert, signal),
        metrics: await measuresOf(tools, graph(), alert, signal),
        logs: await logsOf(tools, { graph: graph(), alert, services: names() }, signal),
        protected_resources: [...components.values()]
          .filter(({ isProtected }) => isProtected)
          .map(({ name }) => name),
        links: links.filter(({ from }) => from !== tools.principal).map(({ from, to }) => ({ from, to })),
      };
    },
    revisions: async (service, signal) => (await revisionsOf(service, signal)).map(toRevision),
    record,
    async act(action, _key, signal, held) {
      if (!names().includes(action.service))
        throw new ToolError('not_found', `no linked service is called '${action.service}'`);
      const { tool, args } = callOf(action);
      const { seq } = await tools.call(tool, { target: action.service, ...args }, signal, held);
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

  /** A service that is drawn and not there is left out: then nothing is done to it either. */
  async function lookAt(name: string, alert: Alert, signal: AbortSignal) {
    try {
      const service = await serviceOf(name, signal);
      return { service, deploys: deploysOf(name, await revisionsOf(name, signal), alert.at) };
    } catch (error) {
      if (error instanceof ToolError && error.code === 'not_found') return undefined;
      throw error;
    }
  }
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
