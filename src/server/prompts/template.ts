import { type Prompt, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Catalog, CatalogTool } from '../../toolset/catalog.ts';
import type { Access } from '../../toolset/define.ts';
import type { Component, Graph, Link } from '../../topology/graph.ts';
import { indexOf } from '../../topology/graph-index.ts';

/** One prompt: what it asks for, and how it is written from the topology and from what the principal may do. */
export interface PromptTemplate extends Prompt {
  readonly name: string;
  readonly arguments: { name: string; description: string; required: boolean }[];
  write(catalog: Catalog, given: Readonly<Record<string, string>>): string;
}

export const COMPONENT = {
  name: 'component',
  description: 'Name of a component of the topology',
  required: true,
};

/** The error of a request that names what is not there. */
export const wrong = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message);

/** The component that an argument names. Throws where there is none. */
export function named(graph: Graph, given: Readonly<Record<string, string>>, argument: string): Component {
  const found = graph.components.get(given[argument] ?? '');
  if (!found)
    throw wrong(`the topology names no component '${given[argument]}'; stack_components lists them`);
  return found;
}

export const describe = ({
  name,
  type,
  title,
  description,
  isProtected,
  isExternal,
  stack,
}: Component): string =>
  [
    `${name} (${type})`,
    ...[title, description]
      .filter((text) => text !== undefined)
      .map((text) => `: ${text}`)
      .slice(0, 2),
    isProtected ? '; protected, nobody writes to it' : '',
    isExternal ? `; belongs to the stack ${stack ?? 'of somebody else'}` : '',
  ].join('');

export const arrow = ({ from, to, type, access, subs }: Link): string =>
  `${from} -> ${to} (${type}${access === 'read' ? ', read only' : ''}${subs.size > 0 ? `: ${[...subs.keys()].join(', ')}` : ''})`;

/** As many items as a section shows, and as many targets as a tool: no prompt grows with the stack. */
const MOST_ITEMS = 100;
const MOST_TARGETS = 10;

/** The tools that work on one component. */
export function toolsOn(catalog: Catalog, component: string, access: Access): string[] {
  const subs = catalog.graph.components.get(component)?.subs.keys() ?? [];
  const names = [component, ...[...subs].map((sub) => `${component}/${sub}`)];
  return toolLines(catalog, access, ({ targets }) => names.filter((name) => targets.has(name)));
}

/** Every tool, each with the first of its targets. */
export const everyTool = (catalog: Catalog, access: Access): string[] =>
  toolLines(catalog, access, ({ targets }) => [...targets.keys()]);

const toolLines = (
  { tools }: Catalog,
  access: Access,
  targetsOf: (tool: CatalogTool) => readonly string[],
): string[] =>
  [...tools.values()]
    .filter(({ tool }) => tool.access === access && tool.reach !== 'stack')
    .flatMap((one) => {
      const targets = targetsOf(one);
      const rest = targets.length - MOST_TARGETS;
      const more = rest > 0 ? ` and ${rest} more` : '';
      const named = targets.slice(0, MOST_TARGETS).join(', ');
      return named === '' ? [] : [`${one.tool.name} on ${named}${more}: ${one.tool.title}`];
    });

export const usedBy = (graph: Graph, component: string): string[] => [
  ...new Set((indexOf(graph).out.get(component) ?? []).map(({ to }) => to)),
];

/** @param total of how many the items are the first, where they are not all */
export function section(title: string, items: readonly string[], total = 0): string {
  const all = [...new Set(items)];
  if (all.length === 0) return '';
  const shown = all.slice(0, MOST_ITEMS);
  const rest = Math.max(total, all.length) - shown.length;
  const more = rest > 0 ? [`and ${rest} more, which the stack_ tools and your list of tools have`] : [];
  return `${title}:\n${[...shown, ...more].map((item) => `- ${item}`).join('\n')}`;
}

export const lines = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join('\n\n');
