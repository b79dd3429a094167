import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cluster, COMMITS, openCluster } from '../triage/cluster.ts';
import { badDeploy } from '../triage/incident.ts';
import { type StandIn, startPrometheus } from '../triage/prometheus-stand-in.ts';
import { overHttp, type Working } from '../triage/stations.ts';

/** The flaw: an agent in a process of its own records the diagnosis that opens its write by saying that it made one. */
let cluster: Cluster;
let prometheus: StandIn;
let working: Working;
const { signal } = new AbortController();

beforeEach(async () => {
  prometheus = await startPrometheus();
  cluster = await openCluster({ prometheus: prometheus.url });
  working = await overHttp(cluster, {});
});
afterEach(async () => {
  await working.close();
  await cluster.close();
  await prometheus.close();
});

const claim = (alert: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  alert,
  resource: 'orders-api',
  deploy: COMMITS.bad,
  action: 'rollback_deploy',
  ...more,
});
const propose = (args: Record<string, unknown>) => working.tools.call('stack_propose_action', args, signal);
const rollBack = (target = 'orders-api', revision = 1) =>
  working.tools.call('k8s_rollback_workload', { target, revision }, signal);
const ill = () => ({ ...badDeploy(cluster, prometheus, () => false) });

async function expectNoWrite(target = 'orders-api') {
  for (const revision of [1, 2])
    await expect(rollBack(target, revision)).rejects.toMatchObject({
      code: expect.stringMatching(/^(write_refused|not_linked)$/),
    });
  expect(cluster.writes()).toEqual([]);
}

test('a write that was never proposed is refused', () => {
  ill();
  return expectNoWrite();
});

test.each([
  ['an innocent service', { resource: 'search' }, 'search'],
  ['what is protected', { resource: 'payments', deploy: null }, 'payments'],
  ['a service that is not there', { resource: 'ghost' }, 'orders-api'],
  ['another deploy', { deploy: COMMITS.old }, 'orders-api'],
  ['another action', { action: 'scale_service', deploy: null }, 'orders-api'],
])('a claim about %s is not recorded', async (_name, lie, target) => {
  const { output } = await propose(claim(ill(), lie));
  expect(output).toMatchObject({ recorded: false });
  expect(output).not.toHaveProperty('write');
  await expectNoWrite(target);
});

test('a true claim about what is well by now is not recorded', async () => {
  const { output } = await propose(claim(badDeploy(cluster, prometheus, () => true)));
  expect(output).toMatchObject({ recorded: false });
  await expectNoWrite();
});

test('an alert that nothing measures is not recorded', async () => {
  const { metric: _metric, ...alert } = ill();
  expect((await propose(claim(alert))).output).toMatchObject({ recorded: false });
  expect((await propose(claim({ ...alert, metric: 'made_up' }))).output).toMatchObject({ recorded: false });
  await expectNoWrite();
});

test.each([
  ['an hour ago', -60],
  ['an hour from now', 60],
])('an incident of %s cannot be made up', async (_name, minutes) => {
  const at = new Date(Date.now() + minutes * 60_000).toISOString();
  await expect(propose(claim({ ...ill(), at }))).rejects.toMatchObject({ code: 'invalid_arguments' });
  await expectNoWrite();
});

test.each(['hypothesis', 'confidence', 'evidence', 'signals', 'verdict', 'run'])(
  'no %s of its own can be handed in',
  async (field) => {
    await expect(propose({ ...claim(ill()), [field]: 'passed' })).rejects.toMatchObject({
      code: 'invalid_arguments',
    });
    await expectNoWrite();
  },
);

test('what is recorded opens that one write, once, whatever further alerts are made up', async () => {
  const alert = ill();
  expect((await propose(claim(alert))).output).toMatchObject({
    recorded: true,
    write: { tool: 'k8s_rollback_workload', target: 'orders-api', args: { revision: 1 } },
  });
  await expect(rollBack('search')).rejects.toMatchObject({ code: 'write_refused' });
  await expect(
    working.tools.call('k8s_scale', { target: 'orders-api', replicas: 0 }, signal),
  ).rejects.toMatchObject({ code: 'write_refused' });
  expect(cluster.writes()).toEqual([]);
  await rollBack();
  // The bad deploy comes back by somebody's hand, and errors with it.
  cluster.deploy('orders-api', `shop/orders-api:${COMMITS.bad}`);
  for (const name of ['Errors', 'Other', 'Another']) {
    const again = badDeploy(cluster, prometheus, () => false);
    expect((await propose(claim({ ...again, name }))).output).toMatchObject({ recorded: false });
  }
  await expect(rollBack('orders-api', 1)).rejects.toMatchObject({ code: 'write_refused' });
  expect(cluster.writes()).toHaveLength(1);
});

test('asking twice before the write records it once', async () => {
  const alert = ill();
  const answers = [await propose(claim(alert)), await propose(claim(alert))];
  for (const { output } of answers) expect(output).toMatchObject({ recorded: true });
  await rollBack();
  await expect(rollBack()).rejects.toMatchObject({ code: 'write_refused' });
  expect(cluster.writes()).toHaveLength(1);
});

test('nobody but an agent that requires a diagnosis has the tool, in the list or at the call', async () => {
  const { stack } = cluster;
  expect(stack.tools('triage')).toContain('stack_propose_action');
  expect(stack.tools()).not.toContain('stack_propose_action');
  const answer = await stack.call('stack_propose_action', claim(ill()));
  expect(answer).toMatchObject({ isError: true });
  expect(JSON.stringify(answer)).toContain('unknown_tool');
});
