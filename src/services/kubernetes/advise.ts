import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';

const READ = [
  ['apps', 'deployments,statefulsets,daemonsets,replicasets', 'get,list'],
  ['', 'pods', 'get,list'],
  ['', 'pods/log', 'get'],
  ['', 'events', 'list'],
  ['metrics.k8s.io', 'pods', 'list'],
] as const;
const WRITE = [
  ['apps', 'deployments,statefulsets,daemonsets', 'patch'],
  ['apps', 'deployments/scale,statefulsets/scale', 'patch'],
  ['autoscaling', 'horizontalpodautoscalers', 'list,patch'],
] as const;

/** A Role for each namespace that a component reaches, with the least that the tools need. It names no Secret. */
export function advise(component: Component, access: Access): readonly string[] {
  const rules = [...READ, ...(access === 'write' ? WRITE : [])].map(
    ([group, resources, verbs]) => `{apiGroups: ["${group}"], resources: [${resources}], verbs: [${verbs}]}`,
  );
  return namespacesOf(component).map(
    (namespace) =>
      `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: stackward, namespace: ${namespace}}, rules: [${rules.join(', ')}]}`,
  );
}

const namespacesOf = ({ connection, subs }: Component): string[] =>
  typeof connection.namespace === 'string' ? [connection.namespace] : [...subs.keys()];
