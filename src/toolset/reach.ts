import type { Component, Entry, Graph, Link } from '../topology/graph.ts';
import type { ServiceDefinition } from './define.ts';

/** The principal that the topology does not name: the stack's own client, which sees what all links reach. */
export const STACK_PRINCIPAL = 'stack';

/** Whether a name may call at all: the stack's own client, or an agent that the topology names now. */
export const isPrincipal = (graph: Graph, name: string): boolean =>
  name === STACK_PRINCIPAL || graph.components.get(name)?.type === 'agent';

/** What one principal's links leave open of one component. */
export interface Reach {
  readonly component: Component;
  readonly service: ServiceDefinition;
  /** United entries of the sub-components that at least one link reaches. */
  readonly subs: ReadonlyMap<string, Entry>;
  /** The same, of the links alone that are not capped to reading: what a write may touch, whatever its flags say. */
  readonly writable: ReadonlyMap<string, Entry>;
  /** The links that reach it, in the file's order. */
  readonly links: readonly Link[];
}

/** The links that count for a principal: its own, or all of them for the stack's own client. */
export const linksOf = (graph: Graph, principal: string): readonly Link[] =>
  graph.links.filter(
    (link) => !link.crossesStack && (principal === STACK_PRINCIPAL || link.from === principal),
  );

/** Links x services: what each linked component leaves open to one principal, in the file's order. */
export function reachOf(
  graph: Graph,
  services: ReadonlyMap<string, ServiceDefinition>,
  principal: string,
): ReadonlyMap<string, Reach> {
  const byTarget = new Map<string, Link[]>();
  for (const link of linksOf(graph, principal)) {
    const links = byTarget.get(link.to);
    if (links) links.push(link);
    else byTarget.set(link.to, [link]);
  }
  const reach = new Map<string, Reach>();
  for (const [name, links] of byTarget) {
    const component = graph.components.get(name);
    const service = component && services.get(component.type);
    if (!component || !service || component.isExternal) continue;
    const uncapped = links.filter((link) => link.access === 'full');
    reach.set(name, {
      component,
      service,
      subs: uniteSubs(component, service, links),
      writable: uniteSubs(component, service, uncapped),
      links,
    });
  }
  return reach;
}

function uniteSubs(
  component: Component,
  service: ServiceDefinition,
  links: readonly Link[],
): ReadonlyMap<string, Entry> {
  const only = links[0];
  if (links.length === 1 && only) return only.subs;
  const united = new Map<string, Entry>();
  for (const [name, whole] of component.subs) {
    const entries = links.map((link) => link.subs.get(name)).filter((entry) => entry !== undefined);
    if (entries.length > 0)
      united.set(name, uniteEntries(whole, entries, service.subComponents?.narrowable ?? []));
  }
  return united;
}

/**
 * Lists that a link may narrow hold what any of the links named, in the component's order; the rest is the
 * component's. Where the component names no list it leaves all open, and so does any link that names none.
 */
function uniteEntries(whole: Entry, entries: readonly Entry[], narrowable: readonly string[]): Entry {
  const united: Record<string, unknown> = { ...whole };
  for (const field of narrowable) {
    const named = new Set(entries.flatMap((entry) => listOf(entry[field])));
    if (whole[field] !== undefined) united[field] = listOf(whole[field]).filter((name) => named.has(name));
    else if (entries.every((entry) => entry[field] !== undefined)) united[field] = [...named];
  }
  return united;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
