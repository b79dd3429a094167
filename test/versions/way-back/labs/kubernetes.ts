import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type KubernetesTwin, startKubernetesTwin } from '../../../twins/kubernetes.ts';
import type { Plural, Thing } from '../../../twins/kubernetes-state.ts';
import { caseOf, defineLab, fresh, type Scene, topologyOf } from '../lab.ts';

interface Server {
  readonly twin: KubernetesTwin;
  readonly folder: string;
  readonly kubeconfig: string;
}

const CAUSE = 'kubernetes.io/change-cause';
const kind = fc.constantFrom('deployment', 'statefulset');
const image = fc.constantFrom('app:1', 'registry.example:5000/app@sha256:00', 'app:ü');

function find({ state }: KubernetesTwin, name: string): { plural: Plural; thing: Thing } {
  for (const plural of ['deployments', 'statefulsets'] as const) {
    const thing = state.workloads[plural].find(({ metadata }) => metadata.name === name);
    if (thing) return { plural, thing };
  }
  throw new Error(`there is no workload ${name}`);
}

/** Changes a workload as somebody with kubectl would. */
function edit(twin: KubernetesTwin, name: string, change: (thing: Thing) => void): void {
  const { plural, thing } = find(twin, name);
  const changed = structuredClone(thing);
  change(changed);
  twin.state.store(plural, thing, changed);
}

const setImage = (twin: KubernetesTwin, name: string, to: string, cause?: string) =>
  edit(twin, name, ({ spec, metadata }) => {
    for (const container of spec.template.spec.containers) container.image = to;
    if (cause !== undefined) metadata.annotations[CAUSE] = cause;
  });

/** What somebody asked for; the controllers' own numbers only grow. */
function contentOf(twin: KubernetesTwin, name: string) {
  const { spec, metadata } = find(twin, name).thing;
  return structuredClone({ spec, cause: metadata.annotations[CAUSE] ?? null });
}

function sceneOf(twin: KubernetesTwin, name: string, args: Scene['args'], interfere: () => void): Scene {
  const beside = fresh('beside');
  twin.state.add('deployments', 'shop', beside, { image: 'beside:1' });
  return {
    args: { target: 'prod/shop', ...args },
    read: async () => ({ own: contentOf(twin, name), others: contentOf(twin, beside) }),
    beside: () => setImage(twin, beside, 'beside:2'),
    interfere,
    // A restart is known by its moment.
    alike: (own) => JSON.stringify(own).replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"then"'),
  };
}

export const kubernetes = defineLab<Server>({
  name: 'the twin of Kubernetes',
  async start() {
    const twin = await startKubernetesTwin();
    const folder = await mkdtemp(join(tmpdir(), 'way-back-kube-'));
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, twin.kubeconfig('shop-cluster'));
    return { twin, folder, kubeconfig };
  },
  async stop({ twin, folder }) {
    await twin.close();
    await rm(folder, { recursive: true, force: true });
    expect(twin.failures).toEqual([]);
  },
  stackOver: ({ kubeconfig }) => ({
    topology: topologyOf(
      'prod',
      `type: kubernetes, context: shop-cluster, kubeconfig: ${kubeconfig}, namespaces: {shop: {}}`,
      'operates',
    ),
    env: { MCP_PROD_WRITE_ACCESS: 'true' },
  }),
  cases: {
    k8s_scale: caseOf(
      fc.record({ kind, was: fc.integer({ min: 0, max: 5 }), by: fc.integer({ min: 1, max: 9 }) }),
      async ({ twin }, { kind: type, was, by }) => {
        const name = fresh('w');
        twin.state.add(`${type}s` as Plural, 'shop', name, { image: 'app:1', replicas: was });
        return sceneOf(twin, name, { workload: `${type}/${name}`, replicas: was + by }, () =>
          edit(twin, name, ({ spec }) => {
            spec.replicas = was + by + 1;
          }),
        );
      },
    ),
    k8s_restart: caseOf(
      fc.record({ kind, annotations: fc.option(fc.constant({ own: 'kept' }), { nil: undefined }) }),
      async ({ twin }, { kind: type, annotations }) => {
        const name = fresh('w');
        twin.state.add(`${type}s` as Plural, 'shop', name, { image: 'app:1' });
        const set = (more: Record<string, string>) => (thing: Thing) => {
          thing.spec.template.metadata.annotations = { ...annotations, ...more };
        };
        if (annotations) edit(twin, name, set({}));
        return sceneOf(twin, name, { workload: `${type}/${name}` }, () =>
          edit(twin, name, set({ 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' })),
        );
      },
    ),
    k8s_rollback_workload: caseOf(
      fc.record({ first: image, second: fc.constantFrom('app:2', 'other:1'), cause: fc.option(fc.string()) }),
      async ({ twin }, { first, second, cause }) => {
        const name = fresh('w');
        twin.state.add('deployments', 'shop', name, { image: first });
        setImage(twin, name, second, cause ?? undefined);
        setImage(twin, name, 'app:3', 'three');
        return sceneOf(twin, name, { workload: `deployment/${name}`, revision: 1 }, () =>
          setImage(twin, name, 'app:9'),
        );
      },
    ),
  },
});
