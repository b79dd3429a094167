import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/triage/events.ts';
import { type Cluster, COMMITS, openCluster } from './cluster.ts';
import { badDeploy } from './incident.ts';
import { type StandIn, startPrometheus } from './prometheus-stand-in.ts';
import { STATIONS, type Working } from './stations.ts';

/** Whole runs on the twin of a cluster, each as an MCP client over one transport, by the tools that the links yield alone. */
describe.each(STATIONS)('%s', (name, station) => {
  let cluster: Cluster;
  let prometheus: StandIn;
  let working: Working | undefined;
  beforeEach(async () => {
    prometheus = await startPrometheus();
    cluster = await openCluster({ prometheus: prometheus.url });
  });
  afterEach(async () => {
    await working?.close();
    await cluster.close();
    await prometheus.close();
  });

  async function open(isHealed: () => boolean) {
    const alert = badDeploy(cluster, prometheus, isHealed);
    const told: RunEvent[] = [];
    working = await station(cluster, {
      limits: { windowMs: 40, lookEveryMs: 10 },
      tell: (event) => told.push(event),
    });
    return { desk: working.desk, alert, told };
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

  test('an alert that is over by itself is left alone, whatever is diagnosed', async () => {
    const { desk, alert } = await open(() => true);
    const { ended } = await desk.open(alert);
    expect(await ended).toMatchObject({ ending: 'nothing_to_do' });
    expect(cluster.writes()).toEqual([]);
  });

  // Over stdio the flags are those of the server's own process.
  test.skipIf(name === 'over stdio')(
    'a write flag that is off ends in a hand-over, and nothing is written',
    async () => {
      await cluster.close();
      cluster = await openCluster({ env: {}, prometheus: prometheus.url });
      const { desk, alert, told } = await open(() => false);
      const { ended } = await desk.open(alert);
      expect((await ended)?.ending).toBe('denied');
      expect(told.some(({ type }) => type === 'blocked')).toBe(true);
      expect(cluster.writes()).toEqual([]);
    },
  );
});
