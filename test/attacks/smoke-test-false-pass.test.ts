import { expect, test } from 'vitest';
import { unmet } from '../../src/services/stack/expectation.ts';
import { test as stackTest } from '../../src/services/stack/tools/test.ts';
import type { StackView } from '../../src/toolset/define.ts';
import type { Component } from '../../src/topology/graph.ts';

test('a list that was cut holds no most', () => {
  const cut = { dead_letters: [], truncated: true, hint: 'cut to 0 of 3' };
  expect(unmet(cut, { at: 'dead_letters', items_at_most: 0 })).toMatch(/cut/);
  expect(unmet({ ...cut, truncated: false }, { at: 'dead_letters', items_at_most: 0 })).toBeUndefined();
  expect(unmet({ rows: [1, 2], truncated: true }, { at: 'rows', items_at_least: 2 })).toBeUndefined();
});

test('once the call is over, no further test makes calls', async () => {
  const ends = new AbortController();
  const called: string[] = [];
  const steps = [{ tool: 'box_get', args: {}, expect: [] }];
  const component: Component = {
    name: 'store',
    type: 'box',
    layer: 'data',
    isProtected: false,
    isExternal: false,
    connection: {},
    subs: new Map(),
    at: { file: 'f', line: 1, column: 1 },
    tests: { first: { steps }, second: { steps }, third: { steps } },
  };
  const stack: StackView = {
    graph: {
      stack: 's',
      file: 'f',
      text: '',
      hash: 'h',
      components: new Map([['store', component]]),
      links: [],
    },
    explain: () => [],
    tools: () => [],
    get versions(): never {
      throw new Error('not asked for');
    },
    get triage(): never {
      throw new Error('not asked for');
    },
    call: async (tool: string) => {
      called.push(tool);
      ends.abort();
      return { callId: 'c', outcome: 'cancelled', text: 'cancelled' };
    },
  };
  const context = {
    client: {},
    target: { name: 'stack', component: 'stack', scope: {}, reach: new Map() },
    signal: ends.signal,
    limits: { rows: 10, bytes: 1000, deadlineMs: 1000 },
    principal: 'tester',
    stack,
  };
  const ran = await stackTest.run(context, { component: 'store' });
  expect(called).toEqual(['box_get']);
  expect(ran.passed).toBe(false);
});
