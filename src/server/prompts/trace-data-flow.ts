import type { Graph } from '../../topology/graph.ts';
import { indexOf, type Step, walk } from '../../topology/graph-index.ts';
import { arrow, COMPONENT, lines, named, type PromptTemplate, section, toolsOn } from './template.ts';

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
    const { ways, total } = waysFrom(graph, from.name, to?.name);
    const passed = [...new Set(ways.flat())];
    return lines(
      `Trace what flows from ${from.name} ${to ? `to ${to.name}` : 'to everything that it reaches'} in the stack ${graph.stack}.`,
      ways.length === 0 ? 'No link leads there.' : '',
      section(
        'Ways along the links',
        ways.map((way) => way.join(' -> ')),
        total,
      ),
      section(
        'Links on them',
        passed.flatMap((name) => outOf(graph, name).filter(({ to: end }) => passed.includes(end))).map(arrow),
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
const MOST_WAYS = 40;

/** The shortest way from one component to another, or to each that it reaches, nearest first; and how many there are. */
function waysFrom(graph: Graph, start: string, end: string | undefined): { ways: string[][]; total: number } {
  const reached = walk(start, (name) => outOf(graph, name).map((link) => [link.to, link] as const));
  const ends = [...reached.keys()].filter((name) => end === undefined || name === end);
  return { ways: ends.slice(0, MOST_WAYS).map((name) => wayTo(reached, name)), total: ends.length };
}

function wayTo(reached: ReadonlyMap<string, Step>, end: string): string[] {
  const way = [end];
  for (let step = reached.get(end); step; step = reached.get(step.before)) way.unshift(step.before);
  return way;
}

const outOf = (graph: Graph, name: string) => indexOf(graph).out.get(name) ?? [];
