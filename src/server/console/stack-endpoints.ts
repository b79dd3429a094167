import { basename } from 'node:path';
import { decideAccess } from '../../toolset/access.ts';
import type { ServiceDefinition } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { explainAccess } from '../../toolset/explain.ts';
import { isPrincipal, type Reach, STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { Graph, Link } from '../../topology/graph.ts';
import type { Endpoint } from './endpoint.ts';
import type { LinkAccess, LinkDetail, ShownStack } from './wire.ts';

/** `GET stack?as=`: the topology in force as a graph, with what each link opens to the principal that is looked through. */
export const showStack: Endpoint<ShownStack> = ({ stackward: { catalogs, breakers, flags } }, query) => {
  const principal = principalIn(catalogs.graph(), query);
  const { graph, reach } = catalogs.of(principal);
  const whole = catalogs.of(STACK_PRINCIPAL).reach;
  const states = breakers.states();
  const agents = [...graph.components.values()].filter(({ type }) => type === 'agent');
  return {
    stack: graph.stack,
    hash: graph.hash,
    principal,
    principals: [STACK_PRINCIPAL, ...agents.map(({ name }) => name)],
    components: [...graph.components.values()].map(
      ({ name, type, layer, title, isProtected, isExternal }) => {
        const breaker = states.get(name);
        return {
          ...{ name, type, layer, protected: isProtected, external: isExternal },
          ...(title === undefined ? {} : { title }),
          ...(breaker === undefined ? {} : { breaker }),
        };
      },
    ),
    links: graph.links.map((link) => ({
      from: link.from,
      to: link.to,
      type: link.type,
      access: accessOf(link, graph, whole.get(link.to), flags),
      counts: reach.get(link.to)?.links.includes(link) ?? false,
      subs: [...link.subs.keys()],
      line: link.at.line,
    })),
  };
};

/** `GET stack/link?from=&to=&type=&as=`: what one link opens, operation by operation, and what decided. */
export const showLink: Endpoint<LinkDetail> = ({ stackward: { catalogs, flags } }, query) => {
  const graph = catalogs.graph();
  const principal = principalIn(graph, query);
  const [from, to, type] = [query.get('from'), query.get('to'), query.get('type')];
  const link = graph.links.find((one) => one.from === from && one.to === to && one.type === type);
  if (!link) throw new ToolError('not_found', `the topology draws no link ${from} -> ${to} (${type}) now`);
  const services = servicesOf(catalogs.of(STACK_PRINCIPAL).reach);
  const operations = explainAccess(graph, services, flags, { component: link.to, principal }).filter(
    ({ target }) => target === link.to || link.subs.has(target.slice(link.to.length + 1)),
  );
  const read = [flags.read(link.to), ...[...link.subs.keys()].map((sub) => flags.read(link.to, sub))];
  const byName = new Map(read.map((flag) => [flag.variable, flag]));
  // Where the file lies on the server's disk is of no use to a reader of the page.
  const nameIn = (reason: string) => reason.replaceAll(graph.file, basename(graph.file));
  return {
    operations: operations.map((one) => ({ ...one, reasons: one.reasons.map(nameIn) })),
    flags: [...byName.values()].map(({ variable, value, on }) => ({
      variable,
      on,
      ...(value === undefined ? {} : { value }),
    })),
  };
};

function accessOf(
  link: Link,
  { components }: Graph,
  reach: Reach | undefined,
  flags: Parameters<typeof decideAccess>[3],
): LinkAccess {
  if (link.crossesStack) return 'external';
  if (!reach || reach.service.tools.length === 0) return 'metadata';
  if (components.get(link.to)?.isProtected) return 'protected';
  if (link.access === 'read') return 'capped';
  const own = { ...reach, links: [link] };
  const subs = link.subs.size > 0 ? [...link.subs.keys()] : [undefined];
  const writes = reach.service.tools.some(({ access }) => access === 'write');
  return writes && subs.some((sub) => decideAccess(own, sub, 'write', flags).allowed) ? 'write' : 'read';
}

/** The services of everything that is linked; what no link reaches yields no tool to explain. */
const servicesOf = (reach: ReadonlyMap<string, Reach>): ReadonlyMap<string, ServiceDefinition> =>
  new Map([...reach.values()].map(({ component, service }) => [component.type, service]));

function principalIn(graph: Graph, query: URLSearchParams): string {
  const principal = query.get('as') ?? STACK_PRINCIPAL;
  if (!isPrincipal(graph, principal))
    throw new ToolError('not_found', `the topology has no agent '${principal}' now`);
  return principal;
}
