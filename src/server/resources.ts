import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';
import { neutraliseJson } from '../call/neutralise.ts';
import type { Stackward } from '../stackward.ts';
import type { Catalog, CatalogTool } from '../toolset/catalog.ts';
import { wholeSchemasOf } from '../toolset/tool-schema.ts';
import type { Component, Graph, Link } from '../topology/graph.ts';

const TOPOLOGY = 'stack://topology';
const COMPONENT = 'stack://components/';
const TOOL = 'stack://tools/';
const JSON_TYPE = 'application/json';

export const TEMPLATES: readonly ResourceTemplateType[] = [
  {
    uriTemplate: `${COMPONENT}{name}`,
    name: 'component',
    title: 'Component',
    description: 'Metadata of one component and its links; never how to connect to it',
    mimeType: JSON_TYPE,
  },
  {
    uriTemplate: `${TOOL}{name}`,
    name: 'tool',
    title: 'Tool',
    description: 'The whole JSON Schemas of one of your tools, of which the list shows the outline',
    mimeType: JSON_TYPE,
  },
];

/** The topology and one resource for each of its components. */
export function listResources(graph: Graph): Resource[] {
  const components = [...graph.components.values()].map(({ name, title, type }) => ({
    uri: `${COMPONENT}${encodeURIComponent(name)}`,
    name,
    title: title ?? name,
    description: type,
    mimeType: JSON_TYPE,
  }));
  const topology = {
    uri: TOPOLOGY,
    name: 'topology',
    title: `Topology of ${graph.stack}`,
    description: 'Every component and link that is in force; never how to connect to one',
    mimeType: JSON_TYPE,
  };
  return [topology, ...components];
}

/** Reads one resource and records that. Throws ResourceNotFoundError; a read that cannot be recorded is refused. */
export async function readResource(
  stackward: Stackward,
  principal: string,
  uri: string,
): Promise<ReadResourceResult> {
  const found = find(stackward.catalogs.of(principal), uri);
  await stackward.recordEvent('resource_read', principal, {
    uri: uri.slice(0, 1024),
    found: found !== undefined,
  });
  if (!found) throw new ResourceNotFoundError(uri);
  // Masked as a value, not as text: a replacement that crosses a quote would leave broken JSON behind.
  const text = JSON.stringify(neutraliseJson(stackward.mask.json(JSON.parse(JSON.stringify(found)))));
  return { contents: [{ uri, mimeType: JSON_TYPE, text }] };
}

function find({ graph, tools }: Catalog, uri: string): object | undefined {
  if (uri === TOPOLOGY) return overview(graph);
  const component = graph.components.get(nameIn(uri, COMPONENT));
  if (component) return describe(graph, component);
  const own = tools.get(nameIn(uri, TOOL));
  return own && wholly(own);
}

function wholly({ tool, targets }: CatalogTool) {
  const { name, title, description, access, reach } = tool;
  const { input, output } = wholeSchemasOf(tool);
  const named = reach === 'stack' ? [] : [...targets.keys()];
  return { name, title, description, access, targets: named, input_schema: input, output_schema: output };
}

/** Not the file: its text has hosts, the sources of credentials, and whatever people wrote in comments. */
const overview = ({ stack, hash, components, links }: Graph) => ({
  stack,
  hash,
  components: [...components.values()].map(metadataOf),
  links: links.map(({ subs, ...link }) => ({ ...linkOf(link), sub_components: [...subs.keys()] })),
});

/** The name after a beginning that a URI has; nothing is named so where it has another. */
function nameIn(uri: string, beginning: string): string {
  if (!uri.startsWith(beginning)) return '';
  try {
    return decodeURIComponent(uri.slice(beginning.length));
  } catch {
    return '';
  }
}

/** Named one by one, so that what a component comes to hold shows only once somebody says that it may. */
const metadataOf = (component: Component) => ({
  name: component.name,
  type: component.type,
  layer: component.layer,
  title: component.title,
  description: component.description,
  group: component.group,
  stack: component.stack,
  approval: component.approval,
  blastRadius: component.blastRadius,
  protected: component.isProtected,
  external: component.isExternal,
  line: component.at.line,
  sub_components: [...component.subs.keys()],
  tests: component.tests && Object.keys(component.tests),
});

const linkOf = ({ from, to, type, access }: Pick<Link, 'from' | 'to' | 'type' | 'access'>) => ({
  from,
  to,
  type,
  access,
});

const describe = (graph: Graph, component: Component) => ({
  ...metadataOf(component),
  links_in: graph.links.filter((link) => link.to === component.name).map(linkOf),
  links_out: graph.links.filter((link) => link.from === component.name).map(linkOf),
});
