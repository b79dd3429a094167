import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineService, toolsOf } from '../../src/toolset/define.ts';
import { openStack } from '../harness/stack.ts';
import { openFixture } from '../server/fixture-service.ts';

const tool = toolsOf<{ Reader: object; Writer: never; Entry: Record<string, never> }>();
const filler = defineService({
  type: 'filler',
  layer: 'data',
  title: 'Filler',
  description: 'Tools that make the list long.',
  prefix: 'filler',
  connection: z.strictObject({}),
  links: { uses: { description: 'uses it' } },
  tools: Array.from({ length: 130 }, (_, n) =>
    tool({
      name: `filler_${n}`,
      access: 'read',
      reach: 'component',
      title: 'Filler',
      description: 'Makes the list long.',
      params: z.strictObject({}),
      output: z.strictObject({}),
      run: async () => ({}),
    }),
  ),
  connect: async () => ({
    openReader: async () => ({ client: {}, close: async () => {} }),
    openWriter: () => Promise.reject(new Error('nothing writes')),
  }),
});

const topology = (access: string) => `stack: s
components:
  store: {type: box, drawers: {a: {}, b: {}}}
  many: {type: filler}
  helper: {type: agent}
links:
  - {from: helper, to: store, type: uses, drawers: [a]${access}}
  - {from: helper, to: many, type: uses}
`;

async function attempt(access: string, env: Record<string, string>, args: Record<string, unknown>) {
  const { box, services } = openFixture();
  const stack = await openStack({
    topology: topology(access),
    services: new Map([...services, ['filler', filler]]),
    env,
  });
  const before = [...box.rows];
  const answer = await stack.call('call_tool', args, { as: 'helper' });
  await stack.close();
  return { answer, box, before };
}
const put = (target: string) => ({ name: 'box_put', arguments: { target, key: 'k', value: 'v' } });
const ON = { MCP_STORE_WRITE_ACCESS: 'true' };

test.each([
  ['a write whose flag is off', '', {}, put('store/a')],
  ['a write over a link that is capped', ', access: read', ON, put('store/a')],
  ['a write outside the link', '', ON, put('store/b')],
  ['what cannot be taken back, without a human', '', ON, { name: 'box_shred', arguments: { key: 'k' } }],
])('%s changes nothing through call_tool', async (_what, access, env, args) => {
  const { answer, box, before } = await attempt(access, env, args);
  expect(answer.isError).toBe(true);
  expect([...box.rows]).toEqual(before);
  expect(box.ran.size).toBe(0);
});

test('the same write with its flag, inside its link, is done: the refusals above are the gate’s', async () => {
  const { answer, box } = await attempt('', ON, put('store/a'));
  expect(answer.isError).toBe(false);
  expect(box.rows.get('k')).toBe('v');
});
