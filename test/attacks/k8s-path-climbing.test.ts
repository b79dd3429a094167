import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathOf } from '../../src/services/kubernetes/routes.ts';
import { type Lab, openLab } from '../services/kubernetes/fixture.ts';

/** A name that would shape the path of a request: into another namespace, a subresource or a query. */
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const CLIMBS = [
  '..',
  '.',
  '../secrets/db',
  '../../finance/pods/x',
  '..%2fsecrets%2fdb',
  '%2e%2e/secrets',
  'x/exec',
  'x/attach',
  'x/proxy',
  'x/portforward',
  'x/ephemeralcontainers',
  'x?command=sh',
  'x#y',
  'x\\..\\y',
  'x y',
  'x\u0000',
  'X',
  'ｘ',
  'a..b',
  '',
  `${'a'.repeat(254)}`,
];

test.each(CLIMBS)('the pod %j', async (pod) => {
  lab.twin.forget();
  for (const [target, as] of [
    ['prod/shop', 'ops'],
    ['orders-api', 'keeper'],
  ] as const)
    expect(await lab.fail('k8s_logs', { target, pod }, as)).toContain('invalid_arguments');
  expect(lab.twin.requests).toEqual([]);
});

test.each(CLIMBS)('the workload deployment/%j', async (name) => {
  lab.twin.forget();
  const args = { target: 'prod/shop', workload: `deployment/${name}` };
  expect(await lab.fail('k8s_describe', args, 'ops')).toContain('invalid_arguments');
  expect(await lab.fail('k8s_scale', { ...args, replicas: 1 }, 'ops')).toContain('invalid_arguments');
  expect(lab.twin.requests).toEqual([]);
});

test.each(CLIMBS)('even past the schema, no path is made of %j', (name) => {
  expect(() => pathOf('shop', { to: 'pod', name })).toThrow();
  expect(() => pathOf('shop', { to: 'scale', kind: 'deployment', name })).toThrow();
  expect(() => pathOf(name, { to: 'pods' })).toThrow();
});

test.each(['main/../x', '../x', 'main&follow=true', 'main\n'])('the container %j', async (container) => {
  lab.twin.forget();
  const pod = lab.twin.state.pods[0]?.metadata.name;
  expect(await lab.fail('k8s_logs', { target: 'prod/shop', pod, container }, 'ops')).toContain(
    'invalid_arguments',
  );
  expect(lab.twin.requests).toEqual([]);
});
