import type { NamespaceRole, RoleRule } from '../../toolset/cluster-role.ts';
import type { Component } from '../../topology/graph.ts';
import { parseWorkload, type WorkloadRef } from './names.ts';

const APPS = 'apps';
const PODS: readonly RoleRule[] = [
  { group: '', resource: 'pods', verbs: ['list'] },
  { group: '', resource: 'pods/log', verbs: ['get'] },
  { group: '', resource: 'events', verbs: ['list'] },
  { group: 'metrics.k8s.io', resource: 'pods', verbs: ['list'] },
];
const REPLICA_SETS: RoleRule = { group: APPS, resource: 'replicasets', verbs: ['list'] };
const AUTOSCALERS: RoleRule = {
  group: 'autoscaling',
  resource: 'horizontalpodautoscalers',
  verbs: ['list'],
};

/** The rules of each namespace that a component reaches: as the routes of the client go, and nothing else. */
export function roles(
  { connection, subs }: Component,
  mayWrite: (sub: string | undefined) => boolean,
): readonly NamespaceRole[] {
  const { namespace, workload } = connection;
  if (typeof namespace === 'string' && typeof workload === 'string')
    return [{ namespace, rules: ofWorkload(workload, mayWrite(undefined)) }];
  return [...subs.keys()].map((sub) => ({ namespace: sub, rules: ofNamespace(mayWrite(sub)) }));
}

function ofNamespace(writes: boolean): readonly RoleRule[] {
  const verbs = writes ? ['get', 'list', 'patch'] : ['get', 'list'];
  return [
    ...['deployments', 'statefulsets', 'daemonsets'].map((resource) => ({ group: APPS, resource, verbs })),
    REPLICA_SETS,
    ...PODS,
    { group: '', resource: 'pods', verbs: ['get'] },
    ...(writes ? [scaleOf('deployments'), scaleOf('statefulsets'), AUTOSCALERS] : []),
  ];
}

/** Pods and events have names that nobody knows beforehand, so they are open in the whole namespace; the workload is not. */
function ofWorkload(text: string, writes: boolean): readonly RoleRule[] {
  // The tools do not reach into what runs to an end.
  if (/^(cronjob|job)\//.test(text)) return [];
  const { kind, name }: WorkloadRef = parseWorkload(text);
  const names = [name];
  const scales = writes && kind !== 'daemonset';
  return [
    { group: APPS, resource: `${kind}s`, verbs: writes ? ['get', 'patch'] : ['get'], names },
    ...(kind === 'deployment' ? [REPLICA_SETS] : []),
    ...PODS,
    ...(scales ? [{ ...scaleOf(`${kind}s`), names }, AUTOSCALERS] : []),
  ];
}

const scaleOf = (resource: string): RoleRule => ({
  group: APPS,
  resource: `${resource}/scale`,
  verbs: ['patch'],
});
