import { expect, test } from 'vitest';
import type { Graph } from '../../src/topology/graph.ts';
import { AlertError, readAlerts } from '../../src/triage/alert.ts';
import { openStack } from '../harness/stack.ts';

const NOW = Date.UTC(2026, 2, 3, 10);

async function withGraph<T>(work: (graph: Graph) => T): Promise<T> {
  const stack = await openStack({
    topology: 'stack: s\ncomponents:\n  api: {type: application}\nlinks: []\n',
  });
  try {
    return work(stack.stackward.catalogs.graph());
  } finally {
    await stack.close();
  }
}
const read = (value: unknown) => withGraph((graph) => readAlerts(value, graph, NOW));

const sent = (more = {}) => ({
  status: 'firing',
  labels: { alertname: 'Down', service: 'api', job: 'node', metric: 'error_rate' },
  annotations: { summary: 'it is down' },
  startsAt: '2026-03-03T09:58:00.123+01:00',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'a',
  ...more,
});

test('reads what Alertmanager sends to a webhook, of which the resolved are left out', async () => {
  const body = { version: '4', receiver: 'r', alerts: [sent(), sent({ status: 'resolved' })] };
  const expected = {
    name: 'Down',
    component: 'api',
    metric: 'error_rate',
    summary: 'it is down',
    at: '2026-03-03T08:58:00.123Z',
  };
  expect(await read(body)).toEqual([expected]);
  expect(await read(sent())).toEqual([expected]);
});

test('one of a group that names no component keeps none of the others out', async () => {
  const ghost = sent({ labels: { alertname: 'Down', service: 'ghost' } });
  expect(await read({ alerts: [ghost, sent()] })).toHaveLength(1);
  expect(await read({ alerts: [sent({ status: 'resolved' })] })).toEqual([]);
});

test('reads its own form', async () => {
  const own = { name: 'Down', component: 'api', summary: 'it is down', at: '2026-03-03T10:00:00Z' };
  expect(await read(own)).toEqual([own]);
});

test('a credential in an alert is hidden before anything is stored', async () => {
  const summary = 'cannot reach postgres://orders:s3cr3t-Pa55@db:5432/orders';
  const [alert] = await read(sent({ annotations: { summary } }));
  expect(alert?.summary).toContain('postgres://{url-userinfo#1}@db');
});

test.each([
  ['no alert', { hello: 1 }],
  ['no JSON object', 'text'],
  ['labels that name no component', sent({ labels: { alertname: 'Down', service: 'ghost' } })],
  [
    'a component that is not drawn',
    { name: 'n', component: '../api', summary: '', at: '2026-03-03T10:00:00Z' },
  ],
  ['a time that is none', { name: 'n', component: 'api', summary: '', at: 'soon' }],
  ['more alerts than one message holds', { alerts: Array.from({ length: 65 }, () => sent()) }],
])('%s is refused', async (_name, value) => {
  await expect(read(value)).rejects.toThrow(AlertError);
});
