import canonicalize from 'canonicalize';
import { ToolError } from '../../toolset/errors.ts';
import type { Component } from '../../topology/graph.ts';
import { printWorkload, type WorkloadRef } from './names.ts';
import type { Writing } from './tool.ts';

/**
 * Refuses a write to what the topology protects under another name than the target's: a workload component reached
 * through its namespace, or a workload of a protected cluster. The gate has asked about the target itself.
 * @throws ToolError('write_refused')
 */
export function refuseProtected({ stack, target, client }: Writing, ref: WorkloadRef): void {
  const { components } = stack.graph;
  const own = components.get(target.component);
  const cluster = clusterOf(own, components);
  if (cluster?.isProtected) throw refused(cluster.name, 'the cluster');
  for (const other of components.values()) {
    const { namespace, workload } = other.connection;
    const isSame =
      other.type === 'kubernetes-workload' &&
      namespace === client.reader.place.namespace &&
      workload === printWorkload(ref) &&
      isSameCluster(clusterOf(other, components), cluster);
    if (isSame && other.isProtected) throw refused(other.name, 'the workload');
  }
}

const clusterOf = (component: Component | undefined, components: ReadonlyMap<string, Component>) =>
  component?.type === 'kubernetes-workload'
    ? components.get(String(component.connection.cluster))
    : component;

/** Two components may draw one cluster. */
const isSameCluster = (a: Component | undefined, b: Component | undefined): boolean =>
  a !== undefined && b !== undefined && canonicalize(a.connection) === canonicalize(b.connection);

const refused = (name: string, what: string) =>
  new ToolError('write_refused', `${name}, ${what}, is protected: true, so nobody writes to it`);
