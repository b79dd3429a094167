import type { z } from 'zod';
import type { Component, Entry, Graph, Link } from './graph.ts';
import { indexOf, type Step, walk } from './graph-index.ts';
import type {
  ComponentSummary,
  ComponentsQuery,
  ComponentsResult,
  ImpactQuery,
  ImpactResult,
  LinkSummary,
  LinksQuery,
  LinksResult,
  MetadataQuery,
  NeighborsQuery,
  NeighborsResult,
  SubComponentsQuery,
  SubComponentsResult,
} from './query-schemas.ts';
import { advise, quote } from './words.ts';

export * from './query-schemas.ts';

/** The question names a component or sub-component that the graph does not have. `message` may be shown to the caller. */
export class UnknownName extends Error {
  constructor(kind: string, name: string, known: Iterable<string>) {
    super(`there is no ${kind} ${quote(name)}${advise(name, known).text}`);
    this.name = 'UnknownName';
  }
}

export type MetadataResult =
  | z.output<typeof ComponentsResult>
  | z.output<typeof SubComponentsResult>
  | z.output<typeof LinksResult>
  | z.output<typeof NeighborsResult>
  | z.output<typeof ImpactResult>;

/**
 * Answers a question about the stack's metadata: names, types, groups and links, never a connection.
 * Throws UnknownName for `neighbors` and `impact` of what is not in the graph.
 */
export function queryMetadata(graph: Graph, query: MetadataQuery): MetadataResult {
  switch (query.select) {
    case 'components':
      return queryComponents(graph, query);
    case 'subcomponents':
      return querySubComponents(graph, query);
    case 'links':
      return queryLinks(graph, query);
    case 'neighbors':
      return queryNeighbors(graph, query);
    case 'impact':
      return queryImpact(graph, query);
  }
}

/** Components that fit, in the file's order. */
export function queryComponents(
  graph: Graph,
  query: z.output<typeof ComponentsQuery>,
): z.output<typeof ComponentsResult> {
  const { name, ...filter } = query;
  const named = name === undefined ? undefined : graph.components.get(name);
  const candidates = name === undefined ? [...graph.components.values()] : named ? [named] : [];
  const found = candidates.filter((one) => fits(one, filter));
  const { entries, ...page } = cut(found, query);
  return { components: entries.map((one) => summarize(graph, one)), ...page };
}

/** Sub-components that fit; the filters on type, layer, group and so on are those of their component. */
export function querySubComponents(
  graph: Graph,
  query: z.output<typeof SubComponentsQuery>,
): z.output<typeof SubComponentsResult> {
  const { name, component, text, ...filter } = query;
  const found = [...graph.components.values()]
    .filter((one) => (component === undefined || one.name === component) && fits(one, filter))
    .flatMap((one) =>
      [...one.subs].map(([sub, entry]) => ({
        component: one.name,
        name: sub,
        target: `${one.name}/${sub}`,
        lists: listsOf(entry),
      })),
    )
    .filter((sub) => (name === undefined || sub.name === name) && holds(text, [sub.target]));
  const { entries, ...page } = cut(found, query);
  return { subcomponents: entries, ...page };
}

/** Links that fit, in the file's order. */
export function queryLinks(graph: Graph, query: z.output<typeof LinksQuery>): z.output<typeof LinksResult> {
  const { from, to, type, sub, external } = query;
  const found = graph.links.filter(
    (link) =>
      (from === undefined || link.from === from) &&
      (to === undefined || link.to === to) &&
      (type === undefined || link.type === type) &&
      (sub === undefined || link.subs.has(sub)) &&
      (external === undefined || link.crossesStack === external),
  );
  const { entries, ...page } = cut(found, query);
  return { links: entries.map(summarizeLink), ...page };
}

/** Components within some links of one, nearest first. */
export function queryNeighbors(
  graph: Graph,
  query: z.output<typeof NeighborsQuery>,
): z.output<typeof NeighborsResult> {
  const { component, direction, depth } = query;
  componentOf(graph, component);
  const index = indexOf(graph);
  const steps = walk(
    component,
    function* (name) {
      if (direction !== 'in') for (const link of index.out.get(name) ?? []) yield [link.to, link];
      if (direction !== 'out') for (const link of index.in.get(name) ?? []) yield [link.from, link];
    },
    depth,
  );
  const { entries, ...page } = cut([...steps.values()], query);
  const shown = new Set([component, ...entries.map(({ name }) => name)]);
  const links = [...shown].flatMap((name) => (index.out.get(name) ?? []).filter(({ to }) => shown.has(to)));
  return {
    component,
    neighbors: entries.map(({ name, distance }) => ({
      ...summarize(graph, componentOf(graph, name)),
      distance,
    })),
    links: links.map(summarizeLink),
    ...page,
  };
}

/** Everything that uses a component, directly or through others, nearest first: what a change of it reaches. */
export function queryImpact(
  graph: Graph,
  query: z.output<typeof ImpactQuery>,
): z.output<typeof ImpactResult> {
  const { component, sub } = query;
  const changed = componentOf(graph, component);
  if (sub !== undefined && !changed.subs.has(sub))
    throw new UnknownName('sub-component', sub, changed.subs.keys());
  const index = indexOf(graph);
  const steps = walk(component, function* (name) {
    for (const link of index.in.get(name) ?? [])
      if (name !== component || sub === undefined || link.subs.has(sub)) yield [link.from, link];
  });
  const { entries, ...page } = cut([...steps.values()], query);
  const affected = entries.map((step) => {
    const { type, isProtected, isExternal } = componentOf(graph, step.name);
    const { name, distance, link } = step;
    return {
      name,
      type,
      protected: isProtected,
      external: isExternal,
      distance,
      path: pathOf(step, steps),
      via: link.type,
    };
  });
  return { component, ...(sub !== undefined && { sub }), affected, ...page };
}

function pathOf(step: Step, steps: ReadonlyMap<string, Step>): string[] {
  const path = [step.name];
  for (let here: Step | undefined = step; here; here = steps.get(here.before)) path.push(here.before);
  return path;
}

function componentOf(graph: Graph, name: string): Component {
  const component = graph.components.get(name);
  if (!component) throw new UnknownName('component', name, graph.components.keys());
  return component;
}

type Filter = Partial<
  Pick<z.output<typeof ComponentsQuery>, 'type' | 'layer' | 'group' | 'protected' | 'external' | 'text'>
>;

const fits = (one: Component, filter: Filter): boolean =>
  (filter.type === undefined || one.type === filter.type) &&
  (filter.layer === undefined || one.layer === filter.layer) &&
  (filter.group === undefined || one.group === filter.group) &&
  (filter.protected === undefined || one.isProtected === filter.protected) &&
  (filter.external === undefined || one.isExternal === filter.external) &&
  holds(filter.text, [one.name, one.title ?? '', one.description ?? '']);

const holds = (text: string | undefined, where: readonly string[]): boolean =>
  text === undefined || where.some((one) => one.toLowerCase().includes(text.toLowerCase()));

function cut<T>(all: readonly T[], { limit, offset }: { limit: number; offset: number }) {
  const entries = all.slice(offset, offset + limit);
  const truncated = offset + entries.length < all.length;
  const hint = `ask again with offset ${offset + entries.length} for more`;
  return { entries, total: all.length, truncated, ...(truncated && { hint }) };
}

/** The entry's lists of names. Other fields, such as a pattern or labels, are the service's business. */
function listsOf(entry: Entry): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [field, value] of Object.entries(entry))
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) lists[field] = [...value];
  return lists;
}

const subsOf = (subs: ReadonlyMap<string, Entry>) =>
  [...subs].map(([name, entry]) => ({ name, lists: listsOf(entry) }));

function summarize(graph: Graph, one: Component): z.output<typeof ComponentSummary> {
  const index = indexOf(graph);
  const { name, type, layer, title, description, group, stack } = one;
  return {
    name,
    type,
    layer,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(group !== undefined && { group }),
    protected: one.isProtected,
    external: one.isExternal,
    ...(stack !== undefined && { stack }),
    subcomponents: subsOf(one.subs),
    links_in: index.in.get(name)?.length ?? 0,
    links_out: index.out.get(name)?.length ?? 0,
  };
}

function summarizeLink(link: Link): z.output<typeof LinkSummary> {
  const { from, to, type, access, description } = link;
  return {
    from,
    to,
    type,
    access,
    subcomponents: subsOf(link.subs),
    crosses_stack: link.crossesStack,
    ...(description !== undefined && { description }),
  };
}
