import { ToolError } from '../../toolset/errors.ts';
import type { EntryFault } from '../../topology/component-type.ts';
import type { Entry, Graph } from '../../topology/graph.ts';
import { accessOf, HttpEndpoint, type Source } from './endpoint.ts';
import { isRequired } from './parameter.ts';

/** The endpoint that an entry of the topology declares, or undefined for what is none. */
export function endpointOf(entry: Entry | undefined): HttpEndpoint | undefined {
  const parsed = HttpEndpoint.safeParse(entry);
  return parsed.success ? parsed.data : undefined;
}

/** An endpoint that another of its component names. Throws ToolError('write_refused') where there is none. */
export function namedEndpoint(graph: Graph, component: string, name: string): HttpEndpoint {
  const endpoint = endpointOf(graph.components.get(component)?.subs.get(name));
  if (endpoint) return endpoint;
  throw new ToolError(
    'write_refused',
    `${component} has no endpoint ${name} any more, which the way back needs`,
  );
}

type Mapping = Readonly<Record<string, Source>>;

/** What is wrong between the endpoints of one component: a way back that leads nowhere. */
export function checkEndpoints(entries: ReadonlyMap<string, Entry>): EntryFault[] {
  const endpoints = new Map(
    [...entries].flatMap(([name, entry]) => {
      const endpoint = endpointOf(entry);
      return endpoint ? [[name, endpoint] as const] : [];
    }),
  );
  return [...endpoints].flatMap(([sub, endpoint]) => {
    const way = endpoint.way_back;
    if (!way) return [];
    const sources = way.before ? ['param', 'response', 'before', 'value'] : ['param', 'response', 'value'];
    const back = { sub, at: ['way_back'], endpoint, endpoints };
    return [
      ...mappingFaults({ ...back, access: 'write', sources }, way),
      ...(way.before
        ? mappingFaults(
            { ...back, at: ['way_back', 'before'], access: 'read', sources: ['param', 'value'] },
            way.before,
          )
        : []),
    ];
  });
}

interface Mapped {
  readonly sub: string;
  readonly at: readonly string[];
  /** The endpoint that declares the way back. */
  readonly endpoint: HttpEndpoint;
  readonly endpoints: ReadonlyMap<string, HttpEndpoint>;
  readonly access: 'read' | 'write';
  readonly sources: readonly string[];
}

function mappingFaults(
  { sub, at, endpoint, endpoints, access, sources }: Mapped,
  { endpoint: name, params }: { endpoint: string; params: Mapping },
): EntryFault[] {
  const fault = (path: readonly string[], message: string) => ({ sub, path: [...at, ...path], message });
  const known = [...endpoints].flatMap(([other, one]) => (accessOf(one) === access ? [other] : []));
  const called = endpoints.get(name);
  if (!called || accessOf(called) !== access)
    return [
      fault(
        ['endpoint'],
        `must name an endpoint of the component that ${access}s; accepted: ${known.join(', ') || 'none'}`,
      ),
    ];
  const missing = Object.entries(called.params).filter(
    ([one, p]) => isRequired(p) && !Object.hasOwn(params, one),
  );
  const faults = missing.map(([one]) => fault(['params'], `must give ${one}, which ${name} requires`));
  for (const [one, source] of Object.entries(params)) {
    const [kind = ''] = Object.keys(source);
    if (!Object.hasOwn(called.params, one))
      faults.push(
        fault(
          ['params', one],
          `is no parameter of ${name}; it has: ${Object.keys(called.params).join(', ') || 'none'}`,
        ),
      );
    if (!sources.includes(kind))
      faults.push(fault(['params', one], `cannot come from ${kind} here; accepted: ${sources.join(', ')}`));
    if ('param' in source && !Object.hasOwn(endpoint.params, source.param))
      faults.push(
        fault(['params', one], `comes from ${source.param}, which is no parameter of the endpoint itself`),
      );
  }
  return faults;
}
