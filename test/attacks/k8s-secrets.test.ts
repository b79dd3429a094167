import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVICES } from '../../src/services/index.ts';
import { pathOf, type Route } from '../../src/services/kubernetes/routes.ts';
import { type Lab, openLab } from '../services/kubernetes/fixture.ts';

/** A Secret of Kubernetes is readable by no tool, whatever is asked: no request for one ever leaves. */
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const NS = { target: 'prod/shop' };
const NAMES = [
  'secret/db',
  'secrets/db',
  'deployment/../secrets/db',
  'deployment/x/../../secrets/db',
  'configmap/c',
];

test.each(NAMES)('the workload %s is refused before anything is asked', async (workload) => {
  lab.twin.forget();
  for (const tool of ['k8s_describe', 'k8s_list_pods', 'k8s_events', 'k8s_revisions', 'k8s_top'])
    expect(await lab.fail(tool, { ...NS, workload }, 'ops')).toContain('invalid_arguments');
  expect(lab.twin.requests).toEqual([]);
});

test('every tool with its ordinary arguments asks for no secret', async () => {
  lab.twin.forget();
  const workload = 'deployment/orders-api';
  const pod = lab.twin.state.pods[0]?.metadata.name;
  for (const { name } of SERVICES.get('kubernetes')?.tools ?? []) {
    const args = name === 'k8s_logs' ? { pod } : name === 'k8s_list_workloads' ? {} : { workload };
    const more =
      name === 'k8s_scale' ? { replicas: 3 } : name === 'k8s_rollback_workload' ? { revision: 1 } : {};
    await lab.stack.call(name, { ...NS, ...args, ...more }, { as: 'ops' });
  }
  expect(lab.twin.requests.length).toBeGreaterThan(15);
  expect(lab.twin.requests.filter(({ path }) => /secrets|configmaps/.test(path))).toEqual([]);
  expect(lab.twin.failures).toEqual([]);
});

test('the paths that the client can make are these and no more', () => {
  const name = 'x';
  const routes: Route[] = [
    { to: 'workloads', kind: 'deployment' },
    { to: 'workload', kind: 'deployment', name },
    { to: 'scale', kind: 'deployment', name },
    { to: 'replicasets' },
    { to: 'pods' },
    { to: 'events' },
    { to: 'pod-metrics' },
    { to: 'pod', name },
    { to: 'log', name },
  ];
  expect(routes.map((route) => pathOf('shop', route))).toEqual([
    '/apis/apps/v1/namespaces/shop/deployments',
    '/apis/apps/v1/namespaces/shop/deployments/x',
    '/apis/apps/v1/namespaces/shop/deployments/x/scale',
    '/apis/apps/v1/namespaces/shop/replicasets',
    '/api/v1/namespaces/shop/pods',
    '/api/v1/namespaces/shop/events',
    '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods',
    '/api/v1/namespaces/shop/pods/x',
    '/api/v1/namespaces/shop/pods/x/log',
  ]);
});
