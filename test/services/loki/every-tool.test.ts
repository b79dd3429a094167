import { afterAll, beforeAll, expect, test } from 'vitest';
import { loki } from '../../../src/services/loki/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type LokiTwin, startLokiTwin } from '../../twins/loki.ts';
import { sampleStreams, TENANT, TOKEN } from './lab.ts';

let twin: LokiTwin;
let stack: TestStack;
beforeAll(async () => {
  twin = await startLokiTwin({ streams: sampleStreams(), authorization: `Bearer ${TOKEN}`, tenant: TENANT });
  stack = await openStack({
    topology: `stack: all
components:
  app: {type: application}
  triage: {type: agent}
  logs:
    type: loki
    url: '${twin.url}'
    credentials: {token: {env: LOGS_TOKEN}}
    tenant: ${TENANT}
    scopes:
      shop: {labels: {namespace: shop}}
      finance: {labels: {namespace: finance}}
links:
  - {from: app, to: logs, type: logs_to}
  - {from: triage, to: logs, type: observes, scopes: [shop]}
`,
    env: { LOGS_TOKEN: TOKEN },
  });
});
afterAll(async () => {
  await stack.close();
  await twin.close();
  expect(twin.violations).toEqual([]);
});

const CALLS: Record<string, Record<string, unknown>> = {
  loki_query: { matchers: [{ label: 'app', value: 'cart' }], function: 'count_over_time', window: '10m' },
  loki_query_range: { logql: '{app="cart"} |= "paid"' },
  loki_labels: {},
  loki_label_values: { label: 'app' },
  loki_series: { selector: '{app="cart"}' },
  loki_stats: {},
  loki_patterns: {},
};

test('every tool has a call', () => {
  expect(Object.keys(CALLS)).toEqual(loki.tools.map(({ name }) => name));
  expect(stack.tools('triage')).toEqual(expect.arrayContaining(Object.keys(CALLS)));
});

test.each(Object.entries(CALLS))(
  '%s answers through the whole pipeline in its own shape',
  async (name, args) => {
    for (const [as, target] of [
      ['triage', undefined],
      [undefined, 'logs/finance'],
    ]) {
      const result = await stack.call(name, { ...args, ...(target ? { target } : {}) }, as ? { as } : {});
      expect(result.isError, JSON.stringify(result.content)).toBe(false);
      const tool = loki.tools.find((one) => one.name === name);
      expect(tool?.output.safeParse(result.structuredContent).error?.issues).toBeUndefined();
    }
  },
);

test('an agent reaches its own scope alone', async () => {
  const outside = await stack.call('loki_labels', { target: 'logs/finance' }, { as: 'triage' });
  expect(outside.isError).toBe(true);
  const inside = await stack.call('loki_label_values', { label: 'app' }, { as: 'triage' });
  expect(inside.structuredContent).toMatchObject({ values: ['cart', 'web'] });
});
