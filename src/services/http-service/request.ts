import { ToolError } from '../../toolset/errors.ts';
import type { HttpEndpoint } from './endpoint.ts';
import type { Outgoing } from './exchange.ts';
import { checkParameters, type Parameter, type ParameterValue } from './parameter.ts';
import { fillPath } from './path.ts';

const MAX_TARGET = 8 * 1024;
const MAX_BODY = 1024 * 1024;

export type Values = Readonly<Record<string, ParameterValue>>;

/**
 * The request that an endpoint makes of a caller's values. Everything but the values comes from the topology; each
 * value is checked against its declaration and encoded for its place.
 * @throws ToolError('invalid_arguments')
 */
export function requestOf(endpoint: HttpEndpoint, given: Values): Outgoing {
  const values = checkParameters(endpoint.params, given);
  const at = (place: Parameter['in']) => [...values].filter(([name]) => endpoint.params[name]?.in === place);
  const path = fillPath(endpoint.path, new Map(at('path').map(([name, value]) => [name, `${value}`])));
  const query = encodePairs(at('query'));
  const target = query === '' ? path : `${path}?${query}`;
  if (target.length > MAX_TARGET)
    throw new ToolError(
      'invalid_arguments',
      `the parameters make a path and query of over ${MAX_TARGET} bytes`,
    );
  const hasBody = Object.values(endpoint.params).some((parameter) => parameter.in === 'body');
  const { method, body_format: format } = endpoint;
  const headers = { accept: 'application/json, text/*;q=0.9, */*;q=0.5', ...endpoint.headers };
  if (!hasBody) return { method, target, headers, ...(takesBody(method) ? { body: Buffer.alloc(0) } : {}) };
  const body = Buffer.from(
    format === 'form' ? encodePairs(at('body')) : JSON.stringify(Object.fromEntries(at('body'))),
  );
  if (body.length > MAX_BODY)
    throw new ToolError('invalid_arguments', `the parameters make a body of over ${MAX_BODY} bytes`);
  return { method, target, headers: { ...headers, 'content-type': CONTENT_TYPES[format] }, body };
}

/** What a call changes, in words: method, path and query with their values. */
export function describeRequest(endpoint: HttpEndpoint, given: Values): string {
  const { target } = requestOf(endpoint, given);
  const [path = ''] = target.split('?');
  const query = Object.entries(given).flatMap(([name, value]) =>
    endpoint.params[name]?.in === 'query' ? [`${name}=${value}`] : [],
  );
  return [endpoint.method, decodeURIComponent(path), ...query].join(' ');
}

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;
/** These are sent with a length even when it is nothing, as some servers insist. */
const takesBody = (method: string): boolean => method === 'POST' || method === 'PUT' || method === 'PATCH';

const encodePairs = (pairs: readonly (readonly [string, ParameterValue])[]): string =>
  new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, `${value}`])).toString();
