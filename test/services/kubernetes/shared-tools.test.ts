import { expect, test } from 'vitest';
import { SERVICES } from '../../../src/services/index.ts';
import type { ServiceDefinition } from '../../../src/toolset/define.ts';
import { load } from '../../topology/types.ts';

const services = ['kubernetes', 'kubernetes-workload'].map((type) => SERVICES.get(type));

test('a namespace and a workload share each tool, and what it runs with', async () => {
  const [cluster, workload] = services as [ServiceDefinition, ServiceDefinition];
  expect(workload.tools).toEqual(cluster.tools);
  expect(cluster.tools.map(({ name, access }) => `${access} ${name}`).sort()).toEqual([
    'read k8s_describe',
    'read k8s_events',
    'read k8s_list_pods',
    'read k8s_list_workloads',
    'read k8s_logs',
    'read k8s_revisions',
    'read k8s_rollout_status',
    'read k8s_top',
    'write k8s_restart',
    'write k8s_rollback_workload',
    'write k8s_scale',
  ]);
  expect(await workload.connect?.()).toBe(await cluster.connect?.());
  const bounds = ({ limits, concurrency, blastRadius }: ServiceDefinition) => ({
    limits,
    concurrency,
    blastRadius,
  });
  expect(bounds(workload)).toEqual(bounds(cluster));
});

test('the role to give names no secret, and no write unless it is wanted', () => {
  const { graph } = load(
    'stack: s\ncomponents:\n  p: {type: kubernetes, context: c, namespaces: {shop: {}, jobs: {}}}\nlinks: []\n',
  );
  const component = graph?.components.get('p');
  const advise = services[0]?.advise;
  if (!component || !advise) throw new Error('no component');
  const read = advise(component, 'read');
  expect(read).toHaveLength(2);
  expect(read[0]).toContain('namespace: shop');
  for (const line of [...read, ...advise(component, 'write')]) expect(line).not.toMatch(/secrets|exec|"\*"/);
  expect(read.join()).not.toContain('patch');
  expect(advise(component, 'write').join()).toContain('deployments/scale');
});

test('a cluster is drawn as before, by context alone, and never in two ways at once', () => {
  const problems = (fields: string) =>
    load(`stack: s\ncomponents:\n  p: {type: kubernetes, ${fields}}\nlinks: []\n`).problems ?? [];
  expect(problems('context: c')).toEqual([]);
  expect(problems('in_cluster: true')).toEqual([]);
  expect(problems('context: c, in_cluster: true').length).toBeGreaterThan(0);
  expect(problems('title: t').length).toBeGreaterThan(0);
});
