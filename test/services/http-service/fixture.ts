import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { connector } from '../../../src/services/http-service/connect.ts';
import type { HttpTypes } from '../../../src/services/http-service/tool.ts';
import { httpWrite } from '../../../src/services/http-service/tools/http-write.ts';
import type { Change, Target } from '../../../src/toolset/define.ts';
import { granted } from '../../harness/granted.ts';
import { onlyGraph } from '../../harness/no-stack.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { tapWire } from '../../harness/wiretap.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
export type Answering = (received: Received, response: ServerResponse) => void;

/** An HTTP server of a test, which keeps what it receives; closed when the test is over. */
export async function serve(answer: Answering) {
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
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { port: (server.address() as AddressInfo).port, received };
}

export const answerJson =
  (body: unknown, status = 200): Answering =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

export interface TestService {
  /** Calls a tool on `api/<endpoint>`, as an agent that may call everything. */
  call(tool: string, endpoint: string, params?: object): Promise<Outcome>;
  /** Calls a tool with these very arguments. */
  raw(tool: string, args: Record<string, unknown>): Promise<Outcome>;
  /** Every byte that left for the service. */
  sent(): string;
  readonly received: readonly Received[];
  readonly stack: TestStack;
  /** Takes the last write back the way that a rollback does. */
  revert(endpoint: string): Promise<void>;
}

export interface Outcome {
  readonly ok: boolean;
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A stack with one component `api` before a real HTTP server, its writes switched on. */
export async function openService(
  endpoints: object,
  answer: Answering,
  options: { connection?: object; env?: Record<string, string>; prefix?: string } = {},
): Promise<TestService> {
  const server = await serve(answer);
  const tap = await tapWire(server.port);
  const base_url = `http://127.0.0.1:${tap.port}${options.prefix ?? ''}`;
  const connection = { base_url, ...options.connection };
  const stack = await openStack({
    topology: JSON.stringify({
      stack: 'test',
      components: { api: { type: 'http-service', ...connection, endpoints }, bot: { type: 'agent' } },
      links: [{ from: 'bot', to: 'api', type: 'calls' }],
    }),
    env: { MCP_API_WRITE_ACCESS: 'true', ...options.env },
  });
  onTestFinished(async () => {
    await stack.close();
    await tap.close();
  });
  const raw = async (tool: string, args: Record<string, unknown>): Promise<Outcome> => {
    const result = await stack.call(tool, args, { as: 'bot' });
    const [block] = result.content;
    const text = block?.type === 'text' ? block.text : '';
    return { ok: result.isError !== true, text, value: (result.structuredContent ?? {}) as Outcome['value'] };
  };
  return {
    stack,
    raw,
    received: server.received,
    sent: () => tap.sent().toString('latin1'),
    call: (tool, endpoint, params = {}) => raw(tool, { target: `api/${endpoint}`, params }),
    revert: (endpoint) => revertLast(stack, base_url, endpoint),
  };
}

async function revertLast(stack: TestStack, base_url: string, endpoint: string): Promise<void> {
  const name = `api/${endpoint}`;
  const { graph, tools } = stack.stackward.catalogs.of('bot');
  const at = tools.get('http_write')?.targets.get(name);
  if (!at) throw new Error(`${name} is no target of http_write`);
  const limits = { rows: 100, bytes: 65_536, deadlineMs: 10_000 };
  const grant = granted({ callId: 'revert', principal: 'bot', tool: 'http_write', target: name });
  const opened = await connector.openWriter(
    { component: 'api', sub: endpoint, entry: at.entry, connection: { base_url }, limits, warn: () => {} },
    grant,
  );
  try {
    if (httpWrite.effect.irreversible !== undefined) throw new Error('http_write has a way back');
    await httpWrite.effect.revert(
      {
        client: opened.client,
        target: at.target as Target<HttpTypes['Entry']>,
        signal: new AbortController().signal,
        limits,
        principal: 'bot',
        stack: onlyGraph(() => graph),
        grant,
        recordAfter: () => Promise.reject(new Error('a revert records nothing')),
      },
      await lastChange(stack),
    );
  } finally {
    await opened.close();
  }
}

/** What the stack recorded of its last write. */
export async function lastChange({
  stackward: { history },
}: TestStack): Promise<Change<{ params: Record<string, string> }>> {
  const { change, after } = await history.versions.read(history.versions.version());
  return { args: change.args as { params: Record<string, string> }, before: change.before, after };
}

/** One endpoint of each kind. */
export const ENDPOINTS = {
  'get-order': {
    method: 'GET',
    path: '/orders/{id}',
    params: { id: { in: 'path' }, view: { in: 'query' }, page: { in: 'query', type: 'integer', minimum: 1 } },
  },
  search: {
    method: 'POST',
    path: '/orders/search',
    access: 'read',
    params: { words: { in: 'body', max_length: 1000 }, limit: { in: 'body', type: 'integer' } },
  },
  'set-status': {
    method: 'PUT',
    path: '/orders/{id}/status',
    params: { id: { in: 'path' }, status: { in: 'body', enum: ['open', 'paid'], required: true } },
    way_back: {
      endpoint: 'set-status',
      params: { id: { param: 'id' }, status: { before: '/status' } },
      before: { endpoint: 'get-order', params: { id: { param: 'id' } } },
    },
  },
  create: {
    method: 'POST',
    path: '/orders',
    params: { customer: { in: 'body', required: true }, paid: { in: 'body', type: 'boolean' } },
    way_back: { endpoint: 'cancel', params: { id: { response: '/order/id' } } },
  },
  cancel: {
    method: 'DELETE',
    path: '/orders/{id}',
    params: { id: { in: 'path' } },
    irreversible: 'a cancelled order stays cancelled',
  },
} as const satisfies Record<string, unknown>;
