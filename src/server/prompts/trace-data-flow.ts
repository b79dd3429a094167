import type { Graph } from '../../topology/graph.ts';
import { arrow, COMPONENT, lines, named, type PromptTemplate, section, toolsOn, usedBy } from './template.ts';

export const traceDataFlow: PromptTemplate = {
  name: 'trace_data_flow',
  title: 'Trace a data flow',
  description: 'Follow what flows from one component to another, or to everything that it reaches',
  arguments: [
    { ...COMPONENT, name: 'from', description: 'Where the flow begins' },
    {
      ...COMPONENT,
      name: 'to',
      description: 'Where it ends; everything that is reached if left out',
      required: false,
    },
  ],
  write(catalog, given) {
    const { graph } = catalog;
    const from = named(graph, given, 'from');
    const to = given.to === undefined ? undefined : named(graph, given, 'to');
    const paths = pathsFrom(graph, from.name).filter((path) => to === undefined || path.at(-1) === to.name);
    const passed = [...new Set(paths.flat())];
    return lines(
      `Trace what flows from ${from.name} ${to ? `to ${to.name}` : 'to everything that it reaches'} in the stack ${graph.stack}.`,
      section(
        'Ways along the links',
        paths.map((path) => path.join(' -> ')),
      ),
      section(
        'Links on them',
        graph.links.filter((link) => passed.includes(link.from) && passed.includes(link.to)).map(arrow),
      ),
      section(
        'Tools along them',
        passed.flatMap((name) => toolsOn(catalog, name, 'read')),
      ),
      'At each step look at one real example with the tools: a row, a key, a message, a request rate. Say where the trail ends and why: no link, no tool, or no data.',
    );
  },
};

/** As many ways as a prompt shows; a dense graph has more than anybody would read. */
const MOST_PATHS = 40;

/** The shortest way from one component to each that it reaches, nearest first. */
function pathsFrom(graph: Graph, start: string): string[][] {
  const found: string[][] = [];
  const seen = new Set([start]);
  for (let edge: string[][] = [[start]]; edge.length > 0 && found.length < MOST_PATHS; ) {
    const next: string[][] = [];
    for (const path of edge)
      for (const to of usedBy(graph, path.at(-1) ?? ''))
        if (!seen.has(to)) {
          seen.add(to);
          next.push([...path, to]);
        }
    found.push(...next);
    edge = next;
  }
  return found.slice(0, MOST_PATHS);
}
