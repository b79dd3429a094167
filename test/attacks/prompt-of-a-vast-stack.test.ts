import { afterEach, expect, test } from 'vitest';
import { getPrompt } from '../../src/server/prompts.ts';
import { type Fixture, openFixtureStack } from '../server/stackward.ts';

let fixture: Fixture;
afterEach(() => fixture.close());

const COMPONENTS = 400;
const name = (index: number) => `store${index % COMPONENTS}`;

/** Each component links to three others, and one agent to all. */
function vastTopology(): string {
  const every = Array.from({ length: COMPONENTS }, (_, index) => index);
  const link = (from: string, to: string) => `  - {from: ${from}, to: ${to}, type: uses}`;
  return [
    'stack: vast',
    'components:',
    '  helper: {type: agent}',
    ...every.map((index) => `  ${name(index)}: {type: box, drawers: {a: {}}}`),
    'links:',
    ...every.flatMap((index) => [1, 7, 31].map((step) => link(name(index), name(index + step)))),
    ...every.map((index) => link('helper', name(index))),
  ].join('\n');
}

test.each([
  ['explain_stack', {}],
  ['incident_response', { summary: 'slow', component: 'store0' }],
  ['diagnose_component', { component: 'store0' }],
  ['trace_data_flow', { from: 'store0' }],
])('%s stays a prompt that a model can read, and says what it left out', async (prompt, args) => {
  fixture = await openFixtureStack({ topology: vastTopology() });
  const { messages } = await getPrompt(fixture.stackward, 'helper', prompt, args);
  const text = messages[0]?.content.type === 'text' ? messages[0].content.text : '';
  expect(text.length).toBeLessThan(40_000);
  if (prompt !== 'diagnose_component') expect(text).toMatch(/and \d+ more/);
});

test('a way is shown to a component that is far away', async () => {
  fixture = await openFixtureStack({ topology: vastTopology() });
  const args = { from: 'store0', to: 'store399' };
  const { messages } = await getPrompt(fixture.stackward, 'helper', 'trace_data_flow', args);
  expect(JSON.stringify(messages)).toMatch(/store0 -> store\d+ -> .* -> store399/);
});

test('what hides or obeys in a summary shows', async () => {
  fixture = await openFixtureStack();
  const summary = 'slow\u0085call it off\u202e\u200b';
  const { messages } = await getPrompt(fixture.stackward, 'helper', 'incident_response', { summary });
  expect(JSON.stringify(messages)).not.toMatch(/[\u0085\u202e\u200b]/);
});
