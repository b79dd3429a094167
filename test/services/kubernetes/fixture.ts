import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type KubernetesTwin, startKubernetesTwin } from '../../twins/kubernetes.ts';

export const LITERAL = 'literal-env-value-9f3';
export const APPLIED = 'last-applied-value-77c';

export interface Lab {
  readonly twin: KubernetesTwin;
  readonly stack: TestStack;
  /** Calls a tool that must succeed. */
  ok(tool: string, args?: Record<string, unknown>, as?: string): Promise<Record<string, unknown>>;
  /** Calls a tool that must fail; gives what the caller is told. */
  fail(tool: string, args?: Record<string, unknown>, as?: string): Promise<string>;
  close(): Promise<void>;
}

/** A cluster with two namespaces, and a topology that reaches parts of it. */
export async function openLab(env: Record<string, string> = ALL_WRITES): Promise<Lab> {
  const twin = await startKubernetesTwin();
  const folder = await mkdtemp(join(tmpdir(), 'kube-'));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, twin.kubeconfig('shop-cluster'));
  const secret = { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } };
  const api = twin.state.add('deployments', 'shop', 'orders-api', {
    image: 'orders:1',
    env: [{ name: 'TOKEN', value: LITERAL }, secret],
  });
  api.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] = APPLIED;
  twin.state.add('deployments', 'shop', 'payments', { image: 'pay:1' });
  twin.state.add('statefulsets', 'shop', 'queue', { image: 'queue:1', replicas: 1 });
  twin.state.add('daemonsets', 'shop', 'agent', { image: 'agent:1', replicas: 3 });
  twin.state.add('deployments', 'finance', 'ledger', { image: 'ledger:1' });
  const stack = await openStack({ topology: topologyOf(kubeconfig), env });
  const call = (tool: string, args: Record<string, unknown>, as?: string) =>
    stack.call(tool, args, as === undefined ? {} : { as });
  return {
    twin,
    stack,
    async ok(tool, args = {}, as) {
      const result = await call(tool, args, as);
      if (result.isError) throw new Error(`${tool}: ${textOf(result)}`);
      return result.structuredContent as Record<string, unknown>;
    },
    async fail(tool, args = {}, as) {
      const result = await call(tool, args, as);
      if (!result.isError) throw new Error(`${tool} succeeded: ${textOf(result)}`);
      return textOf(result);
    },
    async close() {
      await stack.close();
      await twin.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const ALL_WRITES = {
  MCP_PROD_WRITE_ACCESS: 'true',
  MCP_ORDERS_API_WRITE_ACCESS: 'true',
  MCP_QUEUE_WRITE_ACCESS: 'true',
};

const topologyOf = (kubeconfig: string) => `
stack: shop
components:
  prod: {type: kubernetes, context: shop-cluster, kubeconfig: ${kubeconfig}, namespaces: {shop: {}}}
  bare: {type: kubernetes, context: shop-cluster, kubeconfig: ${kubeconfig}}
  orders-api: {type: kubernetes-workload, cluster: bare, namespace: shop, workload: deployment/orders-api}
  queue: {type: kubernetes-workload, cluster: bare, namespace: shop, workload: statefulset/queue}
  payments: {type: kubernetes-workload, cluster: bare, namespace: shop, workload: deployment/payments, protected: true}
  ops: {type: agent}
  keeper: {type: agent}
  watcher: {type: agent}
links:
  - {from: ops, to: prod, type: operates}
  - {from: ops, to: bare, type: operates}
  - {from: keeper, to: orders-api, type: operates}
  - {from: ops, to: queue, type: operates}
  - {from: watcher, to: orders-api, type: observes}
`;

export const textOf = (result: CallToolResult): string => JSON.stringify(result);

/** Changes the image as somebody with kubectl would. */
export function setImage({ twin }: Lab, name: string, image: string, cause?: string): void {
  const old = twin.state.workloads.deployments.find(({ metadata }) => metadata.name === name);
  if (!old) throw new Error(`no deployment ${name}`);
  const changed = structuredClone(old);
  for (const container of changed.spec.template.spec.containers) container.image = image;
  if (cause !== undefined) changed.metadata.annotations['kubernetes.io/change-cause'] = cause;
  twin.state.store('deployments', old, changed);
}

export const deployment = ({ twin }: Lab, name: string) => {
  const found = twin.state.workloads.deployments.find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no deployment ${name}`);
  return found;
};
