import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ProposedAction, wayBackOf } from '../../src/triage/action.ts';
import type { Alert, InfraBackend } from '../../src/triage/backend.ts';
import { Signals } from '../../src/triage/contracts.ts';
import { openGovernedMock } from '../../src/triage/mock/governed/backend.ts';
import { openMockBackend } from '../../src/triage/mock/mock-backend.ts';
import { toolsOf } from '../../src/triage/tools.ts';
import { openMockShop } from '../console/mock-shop.ts';
import { type Cluster, MADE_AT, openCluster } from './cluster.ts';
import { scenario } from './lab.ts';

const { signal } = new AbortController();

interface Held {
  readonly backend: InfraBackend;
  readonly alert: Alert;
  /** How many changes there were. */
  writes(): number;
  close(): Promise<void>;
}

const openMock = async (): Promise<Held> => {
  const backend = openMockBackend(scenario('bad-deploy'));
  return {
    backend,
    alert: backend.scenario.alert,
    writes: () => backend.written.length,
    close: async () => {},
  };
};

const openTwin = async (): Promise<Held> => {
  const cluster: Cluster = await openCluster();
  return {
    backend: cluster.backend,
    alert: { name: 'HighErrorRate', component: 'orders-api', summary: 'it fails', at: MADE_AT },
    writes: () => cluster.writes().length,
    async close() {
      expect(cluster.twin.failures).toEqual([]);
      await cluster.close();
    },
  };
};

const openGoverned = async (): Promise<Held> => {
  const { fixture, world } = await openMockShop();
  const { stackward } = fixture;
  world.begin(scenario('bad-deploy'));
  const tools = toolsOf(stackward, 'triage');
  const { catalogs, diagnoses } = stackward;
  return {
    backend: openGovernedMock({ tools, world, graph: catalogs.graph, diagnoses, paceMs: 0 }),
    alert: scenario('bad-deploy').alert,
    writes: () => world.current().written.length,
    close: async () => {},
  };
};

/** One suite for all: what the one promises, the others keep. */
describe.each([
  ['the mock', openMock],
  ['the mock, through a server’s tools', openGoverned],
  ['Kubernetes, through the tools', openTwin],
])('%s', (_name, open) => {
  let held: Held;
  beforeEach(async () => {
    held = await open();
  });
  afterEach(() => held.close());

  const rollback = async (service = 'orders-api'): Promise<ProposedAction> => {
    const [present, former] = await held.backend.revisions(service, signal);
    return {
      kind: 'rollback_deploy',
      service,
      scope: [service],
      expected_effect: 'it heals',
      revision: former?.revision ?? '',
      way_back: { revision: present?.revision ?? '' },
    };
  };
  const record = async (action: ProposedAction) => {
    const revisions = await held.backend.revisions(action.service, signal);
    const sha = revisions.find(({ current }) => current)?.commit ?? null;
    await held.backend.record(
      {
        run: 'i-1',
        alert: held.alert,
        action,
        diagnosis: {
          hypothesis: 'the deploy broke it',
          suspected_resource: action.service,
          suspected_deploy_sha: action.kind === 'rollback_deploy' ? sha : null,
          confidence: 0.9,
          recommended_action: action.kind,
          evidence: [],
        },
      },
      signal,
    );
  };

  test('gathers signals of the agreed form', async () => {
    const signals = Signals.parse(await held.backend.gather(held.alert, signal));
    expect(signals.alert).toEqual(held.alert);
    expect(signals.services.find(({ name }) => name === 'orders-api')).toMatchObject({
      ready: expect.any(Number),
      revision: expect.stringMatching(/^\d+$/),
      image: expect.stringContaining('orders-api:'),
    });
    for (const { ready, wanted } of signals.services) expect(ready).toBe(wanted);
  });

  test('shows deploys newest first, each of a service that it lists', async () => {
    const { recent_deploys: deploys, services } = await held.backend.gather(held.alert, signal);
    expect(deploys.length).toBeGreaterThan(0);
    expect(deploys.map(({ at }) => at)).toEqual([...deploys.map(({ at }) => at)].sort().reverse());
    for (const { service } of deploys) expect(services.map(({ name }) => name)).toContain(service);
  });

  test('names what is protected, and still shows it', async () => {
    const { protected_resources: names, services } = await held.backend.gather(held.alert, signal);
    expect(names).toContain('payments');
    expect(services.map(({ name }) => name)).toContain('payments');
  });

  test('shows the calls between components', async () =>
    expect((await held.backend.gather(held.alert, signal)).links).toContainEqual({
      from: 'orders-api',
      to: 'payments',
    }));

  test('numbers revisions newest first, one of them present', async () => {
    const revisions = await held.backend.revisions('orders-api', signal);
    const numbers = revisions.map(({ revision }) => Number(revision));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(revisions.map(({ current }) => current)).toEqual([true, ...numbers.slice(1).map(() => false)]);
  });

  test('the revisions of one service are no other’s', async () => {
    const orders = await held.backend.revisions('orders-api', signal);
    const search = await held.backend.revisions('search', signal);
    for (const { image } of search) expect(orders.map((one) => one.image)).not.toContain(image);
  });

  test('an unknown service is not found', async () => {
    await expect(held.backend.revisions('ghost', signal)).rejects.toMatchObject({ code: 'not_found' });
    const action = { ...(await rollback()), service: 'ghost', scope: ['ghost'] };
    await expect(held.backend.act(action, 'k', signal)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('nothing is done without a recorded diagnosis', async () => {
    await expect(held.backend.act(await rollback(), 'k', signal)).rejects.toMatchObject({
      code: 'write_refused',
    });
    expect(held.writes()).toBe(0);
  });

  test('nothing is done that differs from the recorded action', async () => {
    await record(await rollback());
    const other = await rollback('search');
    await expect(held.backend.act(other, 'k', signal)).rejects.toMatchObject({ code: 'write_refused' });
    expect(held.writes()).toBe(0);
  });

  test('what is protected is refused, diagnosed or not', async () => {
    const [present] = await held.backend.revisions('payments', signal);
    const action: ProposedAction = {
      kind: 'rollback_deploy',
      service: 'payments',
      scope: ['payments'],
      expected_effect: '',
      revision: '1',
      way_back: { revision: present?.revision ?? '' },
    };
    await record(action);
    await expect(held.backend.act(action, 'k', signal)).rejects.toThrow();
    expect(held.writes()).toBe(0);
  });

  test('rolls back to the image of the revision, once, and sees that it stands', async () => {
    const action = await rollback();
    const former = (await held.backend.revisions('orders-api', signal))[1];
    await record(action);
    expect(await held.backend.stands(action, signal)).toBe(false);
    await held.backend.act(action, 'k', signal);
    const [present] = await held.backend.revisions('orders-api', signal);
    expect(present).toMatchObject({ image: former?.image, current: true });
    expect(Number(present?.revision)).toBeGreaterThan(Number(former?.revision));
    expect(await held.backend.stands(action, signal)).toBe(true);
    await held.backend.act(action, 'k', signal).catch(() => undefined);
    expect(held.writes()).toBe(1);
  });

  test('takes a rollback back', async () => {
    const action = await rollback();
    const [before] = await held.backend.revisions('orders-api', signal);
    await record(action);
    await held.backend.act(action, 'k', signal);
    await held.backend.act(wayBackOf(action), 'k2', signal);
    const [present] = await held.backend.revisions('orders-api', signal);
    expect(present?.image).toBe(before?.image);
    expect(await held.backend.stands(wayBackOf(action), signal)).toBe(true);
  });

  test('scales, and takes that back', async () => {
    const wanted = async () =>
      (await held.backend.gather(held.alert, signal)).services.find(({ name }) => name === 'orders-api')
        ?.wanted;
    const was = (await wanted()) ?? 0;
    const action: ProposedAction = {
      kind: 'scale_service',
      service: 'orders-api',
      scope: ['orders-api'],
      expected_effect: '',
      replicas: was + 1,
      way_back: { replicas: was },
    };
    await record(action);
    await held.backend.act(action, 'k', signal);
    expect(await wanted()).toBe(was + 1);
    expect(await held.backend.stands(action, signal)).toBe(true);
    await held.backend.act(wayBackOf(action), 'k2', signal);
    expect(await wanted()).toBe(was);
  });

  test('measures what it can, and nothing else', async () => {
    expect(await held.backend.measure({ ...held.alert, metric: 'mood' }, signal)).toBeUndefined();
    expect(await held.backend.measure(held.alert, signal)).toMatchObject({ component: held.alert.component });
  });
});
