import { z } from 'zod';
import type { Connector, Endpoint } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { KubernetesConnection } from './connection.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { LABEL, parseWorkload } from './names.ts';
import type { Place } from './place.ts';
import { KubeReader } from './reader.ts';
import type { KubernetesTypes } from './tool.ts';
import { openTransport } from './transport.ts';
import { KubeWriter, rehearsing, standing } from './writer.ts';

const WorkloadPlace = z.object({ cluster: z.string(), namespace: z.string(), workload: z.string() });

/** Opens clients of a namespace of a cluster, and of one workload, whose cluster is the component that it names. */
export const connector: Connector<KubernetesTypes, Record<string, unknown>> = {
  async openReader(endpoint) {
    const { get, place } = await open(endpoint);
    return { client: new KubeReader(get, place), close: async () => {} };
  },
  async openWriter(endpoint, grant) {
    const { get, patch, place } = await open(endpoint);
    return {
      client: new KubeWriter(new KubeReader(get, place), standing(patch, grant)),
      close: async () => {},
    };
  },
  async openRehearsal(endpoint) {
    const { get, patch, place } = await open(endpoint);
    const client = new KubeWriter(new KubeReader(get, place), rehearsing(patch));
    return { client, close: async () => {} };
  },
};

async function open(endpoint: Endpoint<Record<string, unknown>>) {
  const place = placeOf(endpoint);
  const { component, connection } = endpoint.references?.cluster ?? endpoint;
  const cluster = KubernetesConnection.safeParse(connection);
  if (!cluster.success)
    throw new ToolError('setting_unavailable', `${component} does not say which cluster it is`);
  const driver = await import('@kubernetes/client-node');
  const config = loadKubeconfig(driver, cluster.data, component);
  if (config.getCurrentCluster()?.skipTLSVerify && config.getCurrentCluster()?.server.startsWith('https:'))
    endpoint.warn(
      'the kubeconfig does not verify the certificate of the cluster; give its certificate-authority',
    );
  return { ...openTransport(driver, config, place.namespace), place };
}

/** A component that names a workload reaches that alone; a cluster is reached by namespace, and never as a whole. */
function placeOf({ sub, connection, component }: Endpoint<Record<string, unknown>>): Place {
  const workload = WorkloadPlace.safeParse(connection);
  const namespace = workload.success ? workload.data.namespace : sub;
  if (namespace === undefined || !LABEL.test(namespace))
    throw new ToolError(
      'setting_unavailable',
      `${component}: a target in a cluster is the name of a Kubernetes namespace, such as shop`,
    );
  return workload.success ? { namespace, only: parseWorkload(workload.data.workload) } : { namespace };
}
