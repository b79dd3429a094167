import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../src/triage/events.ts';
import { openTriage } from '../../src/triage/open-triage.ts';
import { type Cluster, COMMITS, openCluster } from './cluster.ts';
import { type StandIn, startPrometheus } from './prometheus-stand-in.ts';

/** A whole run on the twin, whose stand-in for Prometheus shows errors as long as the bad commit runs. */
let cluster: Cluster;
let prometheus: StandIn;
beforeEach(async () => {
  prometheus = await startPrometheus();
  cluster = await openCluster({ prometheus: prometheus.url });
});
afterEach(async () => {
  await cluster.close();
  await prometheus.close();
});

/** The bad commit was rolled out six minutes ago, and since a minute later errors show unless `isHealed`. */
async function open(isHealed: () => boolean) {
  const at = new Date().toISOString();
  const now = Date.parse(at) / 1000;
  for (const set of cluster.twin.state.replicaSets) set.metadata.creationTimestamp = '2025-01-01T00:00:00Z';
  const fresh = cluster.twin.state.replicaSets.find(({ spec }) =>
    spec.template.spec.containers.some(({ image }) => image === `shop/orders-api:${COMMITS.bad}`),
  );
  if (fresh) fresh.metadata.creationTimestamp = new Date(Date.parse(at) - 6 * 60_000).toISOString();
  // Points of the last minute are those that show a heal.
  prometheus.measure = (t) => (t > now - 300 && !(t > now - 60 && isHealed()) ? 0.4 : 0);
  const told: RunEvent[] = [];
  const desk = openTriage(cluster.stack.stackward, {
    tools: await cluster.client(),
    limits: { windowMs: 40, lookEveryMs: 10 },
    tell: (event) => told.push(event),
  });
  const alert = { name: 'Errors', component: 'orders-api', metric: 'error_rate', summary: 'it fails', at };
  return { desk, alert, told };
}

test('the bad deploy is found, rolled back through the gate, and the heal is measured', async () => {
  const { desk, alert, told } = await open(
    () => cluster.imageOf('orders-api') === `shop/orders-api:${COMMITS.old}`,
  );
  const { ended } = await desk.open(alert);
  expect(await ended).toMatchObject({ ending: 'healed' });
  expect(cluster.writes()).toHaveLength(1);
  expect(cluster.twin.failures).toEqual([]);
  expect(prometheus.asked.length).toBeGreaterThanOrEqual(2);
  for (const expr of prometheus.asked) expect(expr).toContain('error_rate');
  const done = told.find((event) => event.type === 'action' && event.phase === 'done');
  expect(done).toMatchObject({ audit_seq: expect.any(Number) });
});

test('what does not heal is put back as it was', async () => {
  const { desk, alert } = await open(() => false);
  const { ended } = await desk.open(alert);
  expect(await ended).toMatchObject({ ending: 'handed_over' });
  expect(cluster.writes()).toHaveLength(2);
  expect(cluster.imageOf('orders-api')).toBe(`shop/orders-api:${COMMITS.bad}`);
});

test('the same alert joins the run that is open for it', async () => {
  const { desk, alert, told } = await open(() => true);
  const opened = await Promise.all([desk.open(alert), desk.open({ ...alert, summary: 'again' })]);
  expect(new Set(opened.map(({ run }) => run)).size).toBe(1);
  expect(opened.map(({ joined }) => joined).sort()).toEqual([false, true]);
  await Promise.all(opened.map(({ ended }) => ended));
  expect(told.filter(({ type }) => type === 'done')).toHaveLength(1);
});

test('a write flag that is off ends in a hand-over, and nothing is written', async () => {
  await cluster.close();
  cluster = await openCluster({ env: {}, prometheus: prometheus.url });
  const { desk, alert, told } = await open(() => true);
  const { ended } = await desk.open(alert);
  expect((await ended)?.ending).toBe('denied');
  expect(told.some(({ type }) => type === 'blocked')).toBe(true);
  expect(cluster.writes()).toEqual([]);
});
