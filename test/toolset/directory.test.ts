import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { ServiceDefinition } from '../../src/toolset/define.ts';
import { defineService, toolsOf } from '../../src/toolset/define.ts';
import { openStack, type TestStack } from '../harness/stack.ts';
import { openFixture } from '../server/fixture-service.ts';
import { auditRecords } from '../server/stackward.ts';

const MANY = 128;
const tool = toolsOf<{ Reader: object; Writer: never; Entry: Record<string, never> }>();

/** A service with so many tools that nobody would list them. */
const crowd = defineService({
  type: 'crowd',
  layer: 'data',
  title: 'Crowd',
  description: 'Many tools.',
  prefix: 'crowd',
  connection: z.strictObject({}),
  links: { uses: { description: 'uses it' } },
  tools: Array.from({ length: MANY }, (_, n) =>
    tool({
      name: `crowd_tool_${n}`,
      access: 'read',
      reach: 'component',
      title: `Tool ${n}`,
      description: `The tool of number ${n}, of many.`,
      params: z.strictObject({ word: z.string().max(10).optional() }),
      output: z.strictObject({ n: z.number(), word: z.string().nullable() }),
      run: async (_context, { word }) => ({ n, word: word ?? null }),
    }),
  ),
  connect: async () => ({
    openReader: async () => ({ client: {}, close: async () => {} }),
    openWriter: () => Promise.reject(new Error('nothing writes')),
  }),
});

const TOPOLOGY = `stack: crowded
components:
  store: {type: box, drawers: {a: {}, b: {}}}
  many: {type: crowd}
  helper: {type: agent}
  narrow: {type: agent}
links:
  - {from: helper, to: store, type: uses}
  - {from: helper, to: many, type: uses}
  - {from: narrow, to: store, type: uses}
`;

let stack: TestStack | undefined;
afterEach(async () => stack?.close());

async function open(env: Record<string, string> = {}) {
  const { box, services } = openFixture();
  const all: ReadonlyMap<string, ServiceDefinition> = new Map([...services, ['crowd', crowd]]);
  stack = await openStack({ topology: TOPOLOGY, services: all, env });
  return { box, stack };
}
const as = { as: 'helper' };
const textOf = (result: Awaited<ReturnType<TestStack['call']>>) =>
  result.content[0]?.type === 'text' ? result.content[0].text : '';

test('above 128 tools the list is the directory alone, and a principal with fewer keeps its own', async () => {
  const { stack: open_ } = await open();
  expect(open_.tools('helper')).toEqual(['call_tool', 'describe_tool', 'find_tools']);
  expect(open_.tools('narrow')).toContain('box_get');
  expect(open_.tools('narrow')).not.toContain('call_tool');
});

test('tools are found by words, target and access, page by page', async () => {
  const { stack: opened } = await open({ MCP_STORE_WRITE_ACCESS: 'true' });
  const find = async (args: object) => (await opened.call('find_tools', { ...args }, as)).structuredContent;
  expect(await find({ words: 'TOOL 77' })).toMatchObject({
    total: 1,
    tools: [{ name: 'crowd_tool_77', targets: ['many'] }],
  });
  const writes = (await find({ access: 'write', target: 'store' })) as {
    tools: { name: string; targets: string[] }[];
  };
  expect(writes.tools.map(({ name }) => name)).toContain('box_put');
  expect(writes.tools.every(({ targets }) => targets.every((one) => one.startsWith('store/')))).toBe(true);
  const first = (await find({ words: 'crowd' })) as { tools: unknown[]; truncated: boolean; hint: string };
  expect(first).toMatchObject({ total: MANY, truncated: true, hint: expect.stringContaining('offset 50') });
  const last = (await find({ words: 'crowd', offset: 100 })) as { tools: unknown[] };
  expect(last).toMatchObject({ truncated: false });
  expect(last.tools).toHaveLength(28);
});

test('a tool is described with its whole schemas, and one that is not there is said to be missing', async () => {
  const { stack: opened } = await open();
  const { structuredContent } = await opened.call('describe_tool', { name: 'crowd_tool_3' }, as);
  expect(structuredContent).toMatchObject({
    name: 'crowd_tool_3',
    targets: ['many'],
    input_schema: { properties: { word: { type: 'string', maxLength: 10 } }, additionalProperties: false },
    output_schema: { required: ['n', 'word'] },
  });
  expect(textOf(await opened.call('describe_tool', { name: 'box_put' }, as))).toContain('not_found');
});

test('a call through call_tool is the inner call, in its checks and in the audit', async () => {
  const { stack: opened } = await open();
  const answer = await opened.call('call_tool', { name: 'crowd_tool_5', arguments: { word: 'x' } }, as);
  expect(answer.structuredContent).toEqual({ n: 5, word: 'x' });
  const refused = await opened.call(
    'call_tool',
    { name: 'crowd_tool_5', arguments: { word: 'x'.repeat(11) } },
    as,
  );
  expect(textOf(refused)).toContain('invalid_arguments');
  await opened.stackward.close();
  const requests = (await auditRecords(opened)).filter((one) => one.kind === 'request');
  expect(requests.map((one) => one.kind === 'request' && one.message.params)).toMatchObject([
    {
      name: 'crowd_tool_5',
      arguments: { word: 'x', target: 'many' },
      _meta: { 'stackward.dev/via': 'call_tool' },
    },
    { name: 'crowd_tool_5' },
  ]);
});

test.each([
  { name: 'call_tool', arguments: { name: 'crowd_tool_1' } },
  { name: 'crowd_tool_1', arguments: {}, also: 1 },
  { arguments: {} },
  { name: 4 },
  {},
])('call_tool with %j calls nothing', async (args) => {
  const { stack: opened } = await open();
  const answer = await opened.call('call_tool', args, as);
  expect(textOf(answer)).toContain('invalid_arguments');
});
