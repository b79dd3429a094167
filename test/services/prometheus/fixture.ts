import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import { connector } from '../../../src/services/prometheus/connect.ts';
import { prometheus } from '../../../src/services/prometheus/service.ts';
import type { Context } from '../../../src/services/prometheus/tool.ts';
import type { AnyTool, Limits } from '../../../src/toolset/define.ts';
import type { LabelScope } from '../../../src/toolset/label-scope.ts';
import { NO_STACK } from '../../harness/no-stack.ts';

/** The label scopes that the tests call through; `none` is a component that declares no scopes. */
export const SCOPES = {
  shop: { labels: { namespace: 'shop' } },
  finance: { labels: { namespace: 'finance' } },
} as const satisfies Record<string, LabelScope>;
export type ScopeName = keyof typeof SCOPES | 'none';

/** What only finance's series, rules, targets and alerts hold. */
export const OF_FINANCE = /finance|payouts|ledger|9\.9\.9|PayoutsDeep|"(77|41|61|5150)"/i;

export interface CallOptions {
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  /** Hands the arguments to the tool as they are, as if the schema had let them through. */
  readonly unchecked?: boolean;
  /** Instead of the named scope's entry. */
  readonly scope?: LabelScope;
}

export interface TestProm {
  /** Runs a tool under a scope and checks its output against its schema. */
  call(tool: string, args: object, scope: ScopeName, options?: CallOptions): Promise<Record<string, unknown>>;
  readonly warnings: string[];
}

type Connection = Parameters<typeof connector.openReader>[0]['connection'];

/** A client of the real connector and the means to run the service's tools on it. */
export async function openProm(connection: Connection): Promise<TestProm> {
  const warnings: string[] = [];
  const { client } = await connector.openReader({
    component: 'metrics',
    entry: {},
    connection,
    limits: prometheus.limits,
    warn: (message) => warnings.push(message),
  });
  return {
    warnings,
    async call(name, args, scope, options = {}) {
      const tool = toolOf(name);
      const context: Context = {
        client,
        target: targetOf(scope, options.scope),
        signal: options.signal ?? new AbortController().signal,
        limits: { ...prometheus.limits, ...options.limits },
        principal: 'test',
        stack: NO_STACK,
      };
      const given = options.unchecked ? args : tool.params.parse(args);
      return tool.output.parse(await tool.run(context, given));
    },
  };
}

function toolOf(name: string) {
  const tool: AnyTool | undefined = prometheus.tools.find((one) => one.name === name);
  if (tool?.access !== 'read') throw new Error(`no read tool ${name}`);
  return tool as typeof tool & { params: z.ZodObject; output: z.ZodObject };
}

function targetOf(scope: ScopeName, instead?: LabelScope): Context['target'] {
  const nothing = {} as LabelScope;
  if (scope === 'none') return { name: 'metrics', component: 'metrics', scope: nothing, reach: new Map() };
  const entry = instead ?? SCOPES[scope];
  return {
    name: `metrics/${scope}`,
    component: 'metrics',
    sub: scope,
    scope: entry,
    reach: new Map([[scope, entry]]),
  };
}

/** The query that Prometheus' own parser saw, in its own words; undefined where it refuses the text. */
export async function formatted(port: number, query: string): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/format_query`, {
    method: 'POST',
    body: new URLSearchParams({ query }),
  });
  const { status, data } = (await answer.json()) as { status: string; data?: string };
  return status === 'success' ? data : undefined;
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server in place of a backend: keeps what it receives and answers as it is told. */
export async function recordingServer(answer: (received: Received, response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
    received.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers every request with one JSON body. */
export const answering =
  (data: unknown, status = 200) =>
  (_: Received, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { status: 'success', data } : data));
  };

/** Whether a request only asks if the server heeds `match[]`; a server that does answers with nothing. */
export const isProbe = (url: string): boolean => url.includes('stackward_no_such_metric');
