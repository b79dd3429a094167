import canonicalize from 'canonicalize';
import { listReferences } from '../secrets/references.ts';
import { decideAccess } from '../toolset/access.ts';
import type { NamespaceRole, RoleRule } from '../toolset/cluster-role.ts';
import type { FlagStore } from '../toolset/flags.ts';
import type { Reach } from '../toolset/reach.ts';
import type { Component, Graph } from '../topology/graph.ts';
import { mergeRules } from './merge-rules.ts';

/** The rights that Stackward's account needs in one cluster. */
export interface ClusterRoles {
  /** Components that draw the cluster; empty for one that only Secrets of the topology lie in. */
  readonly components: readonly string[];
  /** How Stackward gets there: a kubeconfig context, or undefined for the cluster that it runs in. */
  readonly context: string | undefined;
  /** By namespace, with no rule twice. */
  readonly roles: readonly NamespaceRole[];
}

/**
 * What the links of everybody need together, cluster by cluster: the verbs and names that their tools use, writes
 * only where a flag is on, and each Secret that a linked component's connection names.
 */
export function clusterRoles(
  graph: Graph,
  reach: ReadonlyMap<string, Reach>,
  flags: FlagStore,
): readonly ClusterRoles[] {
  const found = new Map<
    string,
    { context: string | undefined; components: Set<string>; asked: NamespaceRole[] }
  >();
  const at = (context: string | undefined, place: unknown) => {
    const key = canonicalize(place) ?? '';
    const known = found.get(key) ?? { context, components: new Set<string>(), asked: [] };
    found.set(key, known);
    return known;
  };
  for (const one of reach.values()) {
    const { component, service, subs } = one;
    const cluster = clusterOf(component, graph);
    const asked = service.roles?.(
      { ...component, subs },
      (sub) => decideAccess(one, sub, 'write', flags).allowed,
    );
    if (cluster && asked && asked.length > 0) {
      const place = at(contextOf(cluster), placeOf(cluster));
      place.components.add(cluster.name);
      place.asked.push(...asked);
    }
    for (const { context, ...role } of secretsOf(component))
      at(context, placeOfContext(context)).asked.push(role);
  }
  return [...found.values()].map(({ context, components, asked }) => ({
    context,
    components: [...components],
    roles: united(asked),
  }));
}

function united(asked: readonly NamespaceRole[]): readonly NamespaceRole[] {
  const byNamespace = new Map<string, RoleRule[]>();
  for (const { namespace, rules } of asked)
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), ...rules]);
  return [...byNamespace]
    .map(([namespace, rules]) => ({ namespace, rules: mergeRules(rules) }))
    .filter(({ rules }) => rules.length > 0)
    .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
}

/** The cluster that a component is, or the one that it names. */
function clusterOf(component: Component, graph: Graph): Component | undefined {
  const { cluster } = component.connection;
  return typeof cluster === 'string' ? graph.components.get(cluster) : component;
}

const contextOf = ({ connection }: Component): string | undefined =>
  typeof connection.context === 'string' ? connection.context : undefined;

/** Two components with one context of one kubeconfig are one cluster, and one account in it. */
const placeOf = (component: Component) => {
  const { context, kubeconfig } = component.connection;
  return kubeconfig === undefined ? placeOfContext(contextOf(component)) : { context, kubeconfig };
};

const placeOfContext = (context: string | undefined) =>
  context === undefined ? { in_cluster: true } : { context };

/** The Kubernetes Secrets that a connection is read from, each as the right to get it by name. */
function secretsOf({ connection }: Component): (NamespaceRole & { context: string | undefined })[] {
  return listReferences(connection).flatMap(({ source }) => {
    if (!('kubernetes_secret' in source)) return [];
    const { context, namespace, name } = source.kubernetes_secret;
    return [
      { context, namespace, rules: [{ group: '', resource: 'secrets', verbs: ['get'], names: [name] }] },
    ];
  });
}
