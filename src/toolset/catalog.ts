import type { Component, Entry, Graph } from '../topology/graph.ts';
import { decideAccess, decideStackAccess } from './access.ts';
import type { AnyTool, ServiceDefinition, Target } from './define.ts';
import { DIRECTORY_LIMIT, directory } from './directory.ts';
import type { FlagStore } from './flags.ts';
import { type Reach, reachOf } from './reach.ts';
import { type ListedTool, listTool } from './tool-schema.ts';

/** A target as one catalog knows it, with what the later stages need of its component. */
export interface CatalogTarget {
  readonly target: Target;
  readonly component: Component;
  readonly entry: Entry;
  /** The components that its connection names, by field; absent where it names none. */
  readonly references?: ReadonlyMap<string, Component>;
}

/** One tool that one principal may call, and the targets that it may name. */
export interface CatalogTool {
  readonly tool: AnyTool;
  readonly service: ServiceDefinition;
  readonly targets: ReadonlyMap<string, CatalogTarget>;
}

/** All that one principal may see, under one topology and one set of flags. Immutable; swapped whole. */
export interface Catalog {
  readonly principal: string;
  readonly graph: Graph;
  readonly tools: ReadonlyMap<string, CatalogTool>;
  /** What a rollback of the principal may hold reconcilers still with; neither listed nor callable otherwise. */
  readonly pausers: ReadonlyMap<string, CatalogTool>;
  readonly reach: ReadonlyMap<string, Reach>;
  /** The answer to `tools/list`, which above the limit of tools is the directory that stands for them: sorted by name, the same bytes for the same topology, flags and principal. */
  readonly list: readonly ListedTool[];
}

const NOTHING: Entry = Object.freeze({});

interface Offer {
  readonly service: ServiceDefinition;
  readonly targets: Map<string, CatalogTarget>;
}
type Found = Map<AnyTool, Offer>;

function add(into: Found, service: ServiceDefinition, tool: AnyTool, at: CatalogTarget): void {
  const known = into.get(tool);
  if (known) known.targets.set(at.target.name, at);
  else into.set(tool, { service, targets: new Map([[at.target.name, at]]) });
}

/**
 * Links x services -> tools.
 *
 * Linear in the links; schemas are compiled once per tool of a service, not per component.
 * @param toolsLimit above so many tools the list is the directory that stands for them
 */
export function buildCatalog(
  graph: Graph,
  services: ReadonlyMap<string, ServiceDefinition>,
  flags: FlagStore,
  principal: string,
  toolsLimit = DIRECTORY_LIMIT,
): Catalog {
  const reach = reachOf(graph, services, principal);
  const [found, pausers]: [Found, Found] = [new Map(), new Map()];
  for (const one of reach.values()) {
    const references = referencesOf(graph, one);
    const targets = {
      read: targetsOf(one, one.subs, references),
      write: targetsOf(one, one.writable, references),
    };
    const offer = (tools: readonly AnyTool[], into: Found) => {
      for (const tool of tools)
        for (const at of targets[tool.access])
          if (isOfReach(tool, one, at) && decideAccess(one, at.target.sub, tool.access, flags).allowed)
            add(into, one.service, tool, at);
    };
    offer(one.service.tools, found);
    offer(one.service.pausers ?? [], pausers);
  }
  for (const service of services.values()) {
    for (const tool of service.tools)
      if (
        tool.reach === 'stack' &&
        (tool.isFor?.(graph.components.get(principal)) ?? true) &&
        decideStackAccess(tool.access, flags).allowed
      )
        add(found, service, tool, stackTarget(graph));
  }
  const isLong = found.size > toolsLimit;
  if (isLong) for (const tool of directory.tools) add(found, directory, tool, stackTarget(graph));
  const tools = [...found].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
  const listed = isLong ? tools.filter(([tool]) => directory.tools.includes(tool)) : tools;
  return Object.freeze({
    principal,
    graph,
    reach,
    tools: byName(tools),
    pausers: byName(pausers),
    list: listed.map(([tool, { targets }]) => listTool(tool, [...targets.keys()].sort())),
  });
}

/**
 * The targets that a reach offers: each of the sub-components, and the component as a whole.
 * @param subs those that the links leave open to the kind of access in question
 */
export function targetsOf(
  { component }: Pick<Reach, 'component'>,
  subs: ReadonlyMap<string, Entry>,
  references?: ReadonlyMap<string, Component>,
): readonly CatalogTarget[] {
  const make = (sub: string | undefined, entry: Entry): CatalogTarget => ({
    component,
    entry,
    ...(references ? { references } : {}),
    target: {
      name: sub === undefined ? component.name : `${component.name}/${sub}`,
      component: component.name,
      ...(sub === undefined ? {} : { sub }),
      scope: entry,
      reach: subs,
    },
  });
  return [make(undefined, NOTHING), ...[...subs].map(([sub, entry]) => make(sub, entry))];
}

/**
 * Whether a tool works on a target at all, whatever the links and flags say. A component without sub-components is
 * its own only target, for tools of either reach, unless its type forbids it.
 */
export const isOfReach = (
  tool: AnyTool,
  { component, service }: Pick<Reach, 'component' | 'service'>,
  at: CatalogTarget,
): boolean =>
  tool.reach !== 'stack' &&
  (at.target.sub !== undefined) ===
    (tool.reach === 'sub' && (component.subs.size > 0 || service.subComponents?.onlyNamed === true)) &&
  (tool.appliesTo?.(at.entry, component) ?? true);

/** The components that a component's connection names, as its type declares; the topology's check found them to exist. */
function referencesOf(
  graph: Graph,
  { component, service }: Pick<Reach, 'component' | 'service'>,
): ReadonlyMap<string, Component> | undefined {
  if (!service.references) return undefined;
  const named = new Map<string, Component>();
  for (const [field, type] of Object.entries(service.references)) {
    const other = graph.components.get(String(component.connection[field]));
    if (other?.type === type) named.set(field, other);
  }
  return named;
}

const byName = (found: Iterable<readonly [AnyTool, Offer]>): ReadonlyMap<string, CatalogTool> =>
  new Map(
    [...found].map(([tool, { service, targets }]) => [
      tool.name,
      { tool, service, targets: sorted(targets) },
    ]),
  );

const sorted = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> =>
  new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The stack itself, which the `stack_` tools work on; a topology cannot name a component so. */
function stackTarget(graph: Graph): CatalogTarget {
  const component: Component = {
    name: 'stack',
    type: 'stack',
    layer: 'stack',
    isProtected: false,
    isExternal: false,
    connection: {},
    subs: new Map(),
    at: { file: graph.file, line: 1, column: 1 },
  };
  return {
    component,
    entry: NOTHING,
    target: { name: 'stack', component: 'stack', scope: NOTHING, reach: new Map() },
  };
}
