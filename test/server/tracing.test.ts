import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startOtlpTwin } from '../twins/otlp.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

let folder: string;
let collector: Awaited<ReturnType<typeof startOtlpTwin>>;
beforeEach(async () => {
  collector = await startOtlpTwin();
  folder = await mkdtemp(join(tmpdir(), 'tracing-'));
  const topology = 'stack: shop\ncomponents:\n  app: {type: application}\n  ops: {type: agent}\nlinks: []\n';
  await writeFile(join(folder, 'topology.yaml'), topology);
});
afterEach(async () => {
  await collector.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `work` against a server of its own process, which has ended when this resolves. */
async function served(env: Record<string, string>, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ name: 'tracer', version: '1' });
  const args = [
    '--import',
    'tsx',
    `${ROOT}src/main.ts`,
    'serve',
    '-t',
    join(folder, 'topology.yaml'),
    '--as',
    'ops',
  ];
  const { PATH = '' } = process.env;
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: { PATH, ...env }, cwd: ROOT }),
  );
  await work(client);
  await client.close();
}

const calls = async (client: Client) => {
  await client.listTools();
  await client.request({
    method: 'tools/call',
    params: {
      name: 'stack_components',
      arguments: {},
      _meta: { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1' },
    },
  });
  await client.callTool({ name: 'stack_neighbors', arguments: { component: 'secret-looking-name' } });
  await client.callTool({ name: 'an_invented_name', arguments: {} }).catch(() => undefined);
};

test('each request is a server span by the MCP conventions, below the span that its client tells', async () => {
  await served({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'prod-stackward' }, calls);
  await expect.poll(() => collector.spans.length).toBe(4);
  expect(collector.violations).toEqual([]);
  const [list, ok, failed, invented] = collector.spans;
  expect(list).toMatchObject({ name: 'tools/list', kind: 2, status: 0, parentSpanId: undefined });
  expect(ok).toMatchObject({
    name: 'tools/call stack_components',
    traceId: TRACE,
    parentSpanId: PARENT,
    kind: 2,
    status: 0,
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'stack_components',
      'gen_ai.operation.name': 'execute_tool',
      'network.transport': 'pipe',
      'stackward.principal': 'ops',
      'stackward.call.outcome': 'ok',
      'stackward.call.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'stackward.audit.sequence': expect.anything(),
    },
    resource: { 'service.name': 'prod-stackward' },
  });
  expect(failed).toMatchObject({
    name: 'tools/call stack_neighbors',
    status: 2,
    attributes: { 'error.type': 'tool_error', 'stackward.error.code': expect.any(String) },
  });
  expect(invented).toMatchObject({ name: 'tools/call', status: 2 });
  expect(JSON.stringify(collector.requests)).not.toMatch(/secret-looking-name|an_invented_name/);
});

test('without an endpoint nothing is sent', async () => {
  await served({}, calls);
  expect(collector.requests).toEqual([]);
});

test('a collector that fails or is away costs no call', async () => {
  collector.breakWith(500);
  await served({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, calls);
  await served({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, calls);
});
