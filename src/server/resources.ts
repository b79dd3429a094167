import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';
import { neutralise } from '../call/neutralise.ts';
import type { Stackward } from '../call/stackward.ts';
import type { Component, Graph } from '../topology/graph.ts';

const TOPOLOGY = 'stack://topology';
const COMPONENT = 'stack://components/';

export const TEMPLATES: readonly ResourceTemplateType[] = [
  {
    uriTemplate: `${COMPONENT}{name}`,
    name: 'component',
    title: 'Component',
    description: 'Metadata of one component and its links; never how to connect to it',
    mimeType: 'application/json',
  },
];

const mimeOf = (graph: Graph): string =>
  graph.file.endsWith('.json') ? 'application/json' : 'application/yaml';

/** The topology and one resource for each of its components. */
export function listResources(graph: Graph): Resource[] {
  const components = [...graph.components.values()].map(({ name, title, type }) => ({
    uri: `${COMPONENT}${encodeURIComponent(name)}`,
    name,
    title: title ?? name,
    description: type,
    mimeType: 'application/json',
  }));
  const topology = {
    uri: TOPOLOGY,
    name: 'topology',
    title: `Topology of ${graph.stack}`,
    description: 'The topology file as it is in force',
    mimeType: mimeOf(graph),
  };
  return [topology, ...components];
}

/** Reads one resource and records that. Throws ResourceNotFoundError; a read that cannot be recorded is refused. */
export async function readResource(
  stackward: Stackward,
  principal: string,
  uri: string,
): Promise<ReadResourceResult> {
  const found = find(stackward.catalogs.graph(), uri);
  await stackward.recordEvent('resource_read', principal, {
    uri: uri.slice(0, 1024),
    found: found !== undefined,
  });
  if (!found) throw new ResourceNotFoundError(uri);
  const text = neutralise(stackward.mask.text(found.text));
  return { contents: [{ uri, mimeType: found.mimeType, text }] };
}

function find(graph: Graph, uri: string): { text: string; mimeType: string } | undefined {
  if (uri === TOPOLOGY) return { text: graph.text, mimeType: mimeOf(graph) };
  const component = uri.startsWith(COMPONENT) ? graph.components.get(nameIn(uri)) : undefined;
  return component && { text: JSON.stringify(describe(graph, component)), mimeType: 'application/json' };
}

function nameIn(uri: string): string {
  try {
    return decodeURIComponent(uri.slice(COMPONENT.length));
  } catch {
    return '';
  }
}

function describe(graph: Graph, component: Component) {
  const { connection: _hidden, subs, at, isProtected, isExternal, ...metadata } = component;
  const linkOf = ({ from, to, type, access }: Graph['links'][number]) => ({ from, to, type, access });
  return {
    ...metadata,
    protected: isProtected,
    external: isExternal,
    line: at.line,
    sub_components: [...subs.keys()],
    links_in: graph.links.filter((link) => link.to === component.name).map(linkOf),
    links_out: graph.links.filter((link) => link.from === component.name).map(linkOf),
  };
}
