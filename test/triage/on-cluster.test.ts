import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDesk } from '../../src/triage/desk.ts';
import type { RunEvent } from '../../src/triage/events.ts';
import { openK8sBackend } from '../../src/triage/k8s/k8s-backend.ts';
import { rules } from '../../src/triage/minds/rules.ts';
import { redactor } from '../../src/triage/redactor.ts';
import { LIMITS } from '../../src/triage/run/deps.ts';
import type { Tools } from '../../src/triage/tools.ts';
import { type Cluster, COMMITS, openCluster } from './cluster.ts';
import { folder } from './lab.ts';

/** A whole run on the twin, with a stand-in for Prometheus that shows errors as long as the bad commit runs. */
let cluster: Cluster;
beforeEach(async () => {
  cluster = await openCluster();
});
afterEach(() => cluster.close());

async function open(isHealing: () => boolean) {
  const at = new Date().toISOString();
  for (const set of cluster.twin.state.replicaSets) set.metadata.creationTimestamp = '2025-01-01T00:00:00Z';
  const fresh = cluster.twin.state.replicaSets.find(({ spec }) =>
    spec.template.spec.containers.some(({ image }) => image === `shop/orders-api:${COMMITS.bad}`),
  );
  if (fresh) fresh.metadata.creationTimestamp = new Date(Date.parse(at) - 6 * 60_000).toISOString();
  const tools: Tools = {
    ...cluster.tools,
    targetsOf: (tool) => (tool === 'prom_query_range' ? ['metrics'] : cluster.tools.targetsOf(tool)),
    async call(tool, args, signal) {
      if (tool !== 'prom_query_range') return cluster.tools.call(tool, args, signal);
      const start = Number(args.start);
      const now = Date.now() / 1000;
      const values: [number, string][] = Array.from({ length: 61 }, (_, n) => {
        const t = n === 60 ? now : start + n * 60;
        const isLast = n === 60 && isHealing();
        return [t, t > Date.parse(at) / 1000 - 300 && !isLast ? '0.4' : '0'];
      });
      return { output: { series: [{ metric: { component: 'orders-api' }, values }] } };
    },
  };
  const told: RunEvent[] = [];
  const { catalogs, diagnoses } = cluster.stack.stackward;
  const desk = openDesk(await folder(), {
    backend: openK8sBackend({ tools, graph: catalogs.graph, diagnoses }),
    minds: { models: [], rules },
    redactor,
    notifier: { tell: async () => [] },
    limits: { ...LIMITS, windowMs: 40, lookEveryMs: 10 },
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
  cluster = await openCluster({ env: {} });
  const { desk, alert, told } = await open(() => true);
  const { ended } = await desk.open(alert);
  expect((await ended)?.ending).toBe('denied');
  expect(told.some(({ type }) => type === 'blocked')).toBe(true);
  expect(cluster.writes()).toEqual([]);
});
