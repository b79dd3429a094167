import { type Prompt, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Catalog } from '../../toolset/catalog.ts';
import type { Component, Graph, Link } from '../../topology/graph.ts';

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

export const toolsOn = (catalog: Catalog, component: string, access: 'read' | 'write'): string[] =>
  [...catalog.tools.values()].flatMap(({ tool, targets }) => {
    const own = [...targets.values()].filter(({ target }) => target.component === component);
    return tool.access === access && tool.reach !== 'stack' && own.length > 0
      ? [`${tool.name} on ${own.map(({ target }) => target.name).join(', ')}: ${tool.title}`]
      : [];
  });

export const usedBy = (graph: Graph, component: string): string[] => [
  ...new Set(graph.links.filter(({ from }) => from === component).map(({ to }) => to)),
];

export const section = (title: string, items: readonly string[]): string =>
  items.length === 0 ? '' : `${title}:\n${[...new Set(items)].map((item) => `- ${item}`).join('\n')}`;

export const lines = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join('\n\n');
