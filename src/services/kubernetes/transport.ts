import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { failureOf, transportFailure } from './failure.ts';
import { pathOf, type Route, type WriteRoute } from './routes.ts';

const MAX_BYTES = 16 * 2 ** 20;

export type Query = Readonly<Record<string, string | number | boolean>>;

/** One operation of a JSON patch (RFC 6902). */
export type PatchStep =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };

/** Reads within one namespace. Gives the text of the answer; throws ToolError. */
export type Get = (route: Route, query: Query, signal: AbortSignal) => Promise<string>;
/** Changes one object of the namespace. Throws ToolError. */
export type Patch = (
  route: WriteRoute,
  query: Query,
  steps: readonly PatchStep[],
  signal: AbortSignal,
) => Promise<string>;

type Driver = typeof import('@kubernetes/client-node');

interface Outgoing {
  readonly method: 'GET' | 'PATCH';
  readonly route: Route;
  readonly query: Query;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * The one place where bytes leave for a cluster. The driver gives credentials and TLS; the requests are made here
 * and not by its API classes, since those can also read Secrets and exec, follow redirects with the credentials,
 * bound no answer, and drop fields of an object that they do not know.
 */
export function openTransport(
  driver: Driver,
  config: KubeConfig,
  namespace: string,
): { get: Get; patch: Patch } {
  const server = config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
  const send = async ({ method, route, query, body, signal }: Outgoing): Promise<string> => {
    const url = new URL(server + pathOf(namespace, route));
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const context = new driver.RequestContext(url.href, driver.HttpMethod[method]);
    await authenticate(config, context);
    const headers = {
      ...context.getHeaders(),
      accept: route.to === 'log' ? '*/*' : 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json-patch+json' }),
    };
    const isWrite = method === 'PATCH' && query.dryRun === undefined;
    const options = { method, headers, agent: context.getAgent(), signal };
    const answer = await exchange(url, options, body, isWrite);
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer.status, answer.text, route);
    return answer.text;
  };
  return {
    get: (route, query, signal) => send({ method: 'GET', route, query, signal }),
    patch: (route, query, steps, signal) =>
      send({ method: 'PATCH', route, query, body: JSON.stringify(steps), signal }),
  };
}

async function authenticate(config: KubeConfig, context: InstanceType<Driver['RequestContext']>) {
  try {
    await config.applySecurityAuthentication(context);
  } catch (cause) {
    // The driver's words can quote what a credential plugin printed.
    throw new ToolError('login_failed', 'the credentials of the kubeconfig could not be had', { cause });
  }
}

type Options = Parameters<typeof requestHttps>[1];

async function exchange(
  url: URL,
  options: Options & { signal: AbortSignal },
  body: string | undefined,
  isWrite: boolean,
): Promise<{ status: number; text: string }> {
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = open(url, options, resolve);
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    return { status: response.statusCode ?? 0, text: await readBounded(response) };
  } catch (error) {
    throw transportFailure(error, options.signal, isWrite);
  }
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new ToolError('result_too_large', 'the cluster answered with over 16 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
