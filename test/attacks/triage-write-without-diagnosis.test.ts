import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Cluster, COMMITS, ON, openCluster } from '../triage/cluster.ts';

/** The flaw: an agent whose writes are meant to follow a diagnosis makes one of its own, or makes a diagnosed one twice. */
let cluster: Cluster;
afterEach(() => cluster.close());

const BAD = `shop/orders-api:${COMMITS.bad}`;
const call = (args: Record<string, unknown>, tool = 'k8s_rollback_workload', as = 'triage') =>
  cluster.stack.call(tool, args, { as });
const recordFor = (args: Record<string, number>, over: { target?: string; topology?: string } = {}) =>
  cluster.stack.stackward.diagnoses.record({
    run: 'i-1',
    principal: 'triage',
    topology: over.topology ?? cluster.stack.stackward.catalogs.graph().hash,
    hypothesis: 'the deploy broke it',
    confidence: 0.9,
    writes: [{ tool: 'k8s_rollback_workload', target: over.target ?? 'orders-api', args }],
  });

test('a call that no diagnosis proposes changes nothing, and the rule is named', async () => {
  cluster = await openCluster();
  const result = await call({ target: 'orders-api', revision: 1 });
  expect(result.isError).toBe(true);
  expect(JSON.stringify(result)).toContain('no diagnosis that counts proposes this very write');
  expect(cluster.writes()).toEqual([]);
  expect(cluster.imageOf('orders-api')).toBe(BAD);
});

test.each([
  ['another target', { target: 'search', revision: 1 }, 'k8s_rollback_workload'],
  ['another argument', { target: 'orders-api', revision: 2 }, 'k8s_rollback_workload'],
  [
    'an argument that says the same',
    { target: 'orders-api', revision: 1, workload: 'deployment/orders-api' },
    'k8s_rollback_workload',
  ],
  ['another tool', { target: 'orders-api' }, 'k8s_restart'],
])('a diagnosis does not open %s', async (_name, args, tool) => {
  cluster = await openCluster();
  await recordFor({ revision: 1 });
  expect((await call(args, tool)).isError).toBe(true);
  expect(cluster.writes()).toEqual([]);
});

test('the diagnosed write passes once, however many ask at once', async () => {
  cluster = await openCluster();
  await recordFor({ revision: 1 });
  const results = await Promise.all(
    Array.from({ length: 8 }, () => call({ target: 'orders-api', revision: 1 })),
  );
  expect(results.filter(({ isError }) => !isError)).toHaveLength(1);
  expect(cluster.writes()).toHaveLength(1);
});

test('a diagnosis of another topology, an edited one, or one whose folder was emptied opens nothing', async () => {
  cluster = await openCluster();
  await recordFor({ revision: 1 }, { topology: 'f'.repeat(64) });
  expect((await call({ target: 'orders-api', revision: 1 })).isError).toBe(true);
  const { id } = await recordFor({ revision: 2 });
  const file = join(cluster.stack.dataDir, 'diagnoses', `${id}.json`);
  const [good] = (await recordFor({ revision: 1 })).writes;
  for (const name of readdirSync(join(cluster.stack.dataDir, 'diagnoses')))
    if (!name.startsWith(id)) writeFileSync(join(cluster.stack.dataDir, 'diagnoses', name), '{}');
  const stored = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...stored, writes: [good] }));
  expect((await call({ target: 'orders-api', revision: 1 })).isError).toBe(true);
  expect(cluster.writes()).toEqual([]);
});

test('what is protected stays out of reach of a recorded diagnosis', async () => {
  cluster = await openCluster();
  cluster.deploy('payments', 'shop/payments:ccccccc3');
  await recordFor({ revision: 1 }, { target: 'payments' });
  expect((await call({ target: 'payments', revision: 1 })).isError).toBe(true);
  expect(cluster.writes()).toEqual([]);
});

test('an agent that needs none is not held to one', async () => {
  cluster = await openCluster({ env: ON, requires: false });
  expect((await call({ target: 'orders-api', revision: 1 })).isError).toBeFalsy();
  expect(cluster.imageOf('orders-api')).toBe(`shop/orders-api:${COMMITS.old}`);
});
