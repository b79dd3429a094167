import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { ToolError } from '../../toolset/errors.ts';
import type { SecretSource } from '../reference.ts';
import { deadline, isSafeToSend, whyNoAnswer } from './transport.ts';

export type KubernetesSource = Extract<SecretSource, { kubernetes_secret: unknown }>['kubernetes_secret'];
type Client = typeof import('@kubernetes/client-node');
type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads one key of a Kubernetes Secret, exactly as stored.
 *
 * The cluster comes from `KUBECONFIG`, else `~/.kube/config`, else the pod's own service account. The driver is
 * loaded on first use, and the configuration anew for each read, since its tokens are replaced under it.
 *
 * @throws ToolError('secret_unavailable') naming namespace, secret and key.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/
 */
export async function readKubernetesSecret(
  env: Env,
  source: KubernetesSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  const name = `the Kubernetes secret ${source.namespace}/${source.name}/${source.key}`;
  const driver = await import('@kubernetes/client-node');
  const api = openApi(driver, env, source, name);
  const data = await fetchData(driver, api, source, name, signal);
  const encoded = Object.hasOwn(data, source.key) ? data[source.key] : undefined;
  if (encoded === undefined) throw unavailable(name, 'has no such key');
  return decode(encoded, name);
}

function openApi(driver: Client, env: Env, source: KubernetesSource, name: string): CoreV1Api {
  const config = loadConfig(driver, env, name);
  if (source.context !== undefined) {
    if (!config.getContextObject(source.context)) {
      throw unavailable(name, `needs the kubeconfig context ${source.context}, which does not exist`);
    }
    config.setCurrentContext(source.context);
  }
  const cluster = config.getCurrentCluster();
  if (!cluster || !URL.canParse(cluster.server)) {
    throw unavailable(name, 'has no cluster: the kubeconfig names none');
  }
  const server = new URL(cluster.server);
  if (!isSafeToSend(server)) {
    throw unavailable(name, 'would travel in the clear: the cluster’s server must be https:// off loopback');
  }
  if (server.protocol === 'http:' && !cluster.skipTLSVerify) {
    throw unavailable(name, 'needs insecure-skip-tls-verify: true at a cluster whose server is http://');
  }
  return config.makeApiClient(driver.CoreV1Api);
}

/** Not `loadFromDefault()`: finding nothing, that would go on with `http://localhost:8080`. */
function loadConfig(driver: Client, env: Env, name: string): KubeConfig {
  const config = new driver.KubeConfig();
  const files = configFiles(env);
  try {
    const [first, ...others] = files;
    if (first !== undefined) config.loadFromFile(first);
    for (const file of others) {
      const other = new driver.KubeConfig();
      other.loadFromFile(file);
      config.mergeConfig(other);
    }
  } catch {
    // The parser's message can quote the file, which holds tokens.
    throw unavailable(name, `needs a kubeconfig that can be read: ${files.join(', ')}`);
  }
  if (files.length === 0) {
    if (!env.KUBERNETES_SERVICE_HOST) {
      throw unavailable(name, 'has no cluster: set KUBECONFIG, or run Stackward in the cluster');
    }
    config.loadFromCluster();
  }
  return config;
}

function configFiles(env: Env): string[] {
  if (env.KUBECONFIG) return env.KUBECONFIG.split(delimiter).filter((file) => file !== '');
  const usual = env.HOME ? join(env.HOME, '.kube', 'config') : undefined;
  return usual && existsSync(usual) ? [usual] : [];
}

async function fetchData(
  driver: Client,
  api: CoreV1Api,
  source: KubernetesSource,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Record<string, string>> {
  const cut = deadline(signal);
  const abortable = {
    pre: (context: InstanceType<Client['RequestContext']>) => {
      context.setSignal(cut);
      return new driver.Observable(Promise.resolve(context));
    },
    post: (context: InstanceType<Client['ResponseContext']>) =>
      new driver.Observable(Promise.resolve(context)),
  };
  try {
    const secret = await api.readNamespacedSecret(
      { name: source.name, namespace: source.namespace },
      { middleware: [abortable], middlewareMergeStrategy: 'append' },
    );
    return secret.data ?? {};
  } catch (error) {
    if (error instanceof driver.ApiException) throw unavailable(name, refusal(error.code));
    throw unavailable(name, whyNoAnswer(error, signal));
  }
}

function refusal(status: number): string {
  if (status === 401) return 'is refused: the cluster does not accept Stackward’s identity';
  if (status === 403) return 'is refused to Stackward’s account: it needs get on this secret';
  if (status === 404) return 'does not exist';
  return `was not read (status ${status})`;
}

function decode(encoded: string, name: string): string {
  let value: string;
  try {
    value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    throw unavailable(name, 'is not UTF-8 text');
  }
  if (value === '') throw unavailable(name, 'is empty');
  return value;
}

const unavailable = (name: string, what: string) => new ToolError('secret_unavailable', `${name} ${what}`);
