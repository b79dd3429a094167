import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownTools } from '../../src/cli/serve-triage.ts';
import type { ConnectedTools } from '../../src/triage/client/mcp-tools.ts';
import { openK8sBackend } from '../../src/triage/k8s/k8s-backend.ts';
import { recordHere } from '../../src/triage/k8s/record-here.ts';
import { toolsOf } from '../../src/triage/tools.ts';
import { openStack } from '../harness/stack.ts';
import { startKubernetesTwin } from '../twins/kubernetes.ts';
import { folder } from './lab.ts';

/** When everything in the twin was made. */
export const MADE_AT = '2026-01-02T03:04:05Z';
export const COMMITS = { old: 'aaaaaaa1', bad: 'bbbbbbb2' } as const;

export const ON: Record<string, string> = {
  MCP_ORDERS_API_WRITE_ACCESS: 'true',
  MCP_SEARCH_WRITE_ACCESS: 'true',
  MCP_PAYMENTS_WRITE_ACCESS: 'true',
};

/** A cluster twin with three services, of which two were deployed anew, behind a whole stack. */
export async function openCluster({
  env = ON,
  requires = true,
  prometheus = 'http://127.0.0.1:9',
  components = '',
  links = '',
} = {}) {
  const twin = await startKubernetesTwin();
  const dir = await folder();
  const kubeconfig = join(dir, 'config');
  await writeFile(kubeconfig, twin.kubeconfig('shop-cluster'));
  const deploy = (name: string, image: string) => {
    const old = twin.state.workloads.deployments.find(({ metadata }) => metadata.name === name);
    if (!old) return void twin.state.add('deployments', 'shop', name, { image });
    const changed = structuredClone(old);
    for (const container of changed.spec.template.spec.containers) container.image = image;
    twin.state.store('deployments', old, changed);
  };
  for (const name of ['orders-api', 'search', 'payments']) deploy(name, `shop/${name}:${COMMITS.old}`);
  for (const name of ['search', 'orders-api']) deploy(name, `shop/${name}:${COMMITS.bad}`);
  const stack = await openStack({
    topology: topologyOf({ kubeconfig, requires, prometheus, components, links }),
    env,
  });
  const { stackward } = stack;
  const tools = toolsOf(stackward, 'triage');
  const backend = openK8sBackend({
    tools,
    graph: stackward.catalogs.graph,
    record: recordHere({
      principal: 'triage',
      diagnoses: stackward.diagnoses,
      graph: stackward.catalogs.graph,
    }),
  });
  const open: ConnectedTools[] = [];
  return {
    /** The tools of the triage as an MCP client of its own has them. */
    async client() {
      const tools = await ownTools(stackward, 'triage');
      open.push(tools);
      return tools;
    },
    twin,
    stack,
    tools,
    backend,
    deploy,
    /** Changes that reached the cluster for good. */
    writes: () =>
      twin.requests.filter(({ method, query }) => method === 'PATCH' && query.dryRun === undefined),
    imageOf: (name: string) =>
      twin.state.workloads.deployments.find(({ metadata }) => metadata.name === name)?.spec.template.spec
        .containers[0]?.image,
    async close() {
      for (const one of open) await one.close();
      await stack.close();
      await twin.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
export type Cluster = Awaited<ReturnType<typeof openCluster>>;

interface Drawn {
  readonly kubeconfig: string;
  readonly requires: boolean;
  readonly prometheus: string;
  /** Further lines of the file. */
  readonly components: string;
  readonly links: string;
}

const topologyOf = ({ kubeconfig, requires, prometheus, components, links }: Drawn) => `
stack: shop
components:
  prod: {type: kubernetes, context: shop-cluster, kubeconfig: ${kubeconfig}}
  orders-api: {type: kubernetes-workload, cluster: prod, namespace: shop, workload: deployment/orders-api}
  search: {type: kubernetes-workload, cluster: prod, namespace: shop, workload: deployment/search}
  payments: {type: kubernetes-workload, cluster: prod, namespace: shop, workload: deployment/payments, protected: true}
  metrics: {type: prometheus, url: "${prometheus}"}
  triage: {type: agent${requires ? ', requires: diagnosis' : ''}, measures: {error_rate: error_rate}}
${components}links:
  - {from: orders-api, to: payments, type: calls}
${prometheus.endsWith(':9') ? '' : '  - {from: triage, to: metrics, type: observes}\n'}  - {from: triage, to: orders-api, type: operates}
  - {from: triage, to: search, type: operates}
  - {from: triage, to: payments, type: operates}
${links}`;
