import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { ToolError } from '../../toolset/errors.ts';
import type { KubernetesConnection } from './connection.ts';

type Driver = typeof import('@kubernetes/client-node');

/**
 * The kubeconfig of a component, with its context chosen and its server proved fit for credentials.
 * @throws ToolError('setting_unavailable') saying what is missing; never a word of the file, which holds tokens.
 */
export function loadKubeconfig(
  driver: Driver,
  connection: KubernetesConnection,
  component: string,
): KubeConfig {
  const problem = (what: string) => new ToolError('setting_unavailable', `${component}: ${what}`);
  const config = new driver.KubeConfig();
  if (connection.in_cluster) {
    if (!process.env.KUBERNETES_SERVICE_HOST)
      throw problem('in_cluster: true, and Stackward runs in no cluster');
    config.loadFromCluster();
  } else {
    readFiles(driver, config, connection.kubeconfig, problem);
    const context = connection.context ?? '';
    if (!config.getContextObject(context)) throw problem(`the kubeconfig has no context ${context}`);
    config.setCurrentContext(context);
  }
  const server = config.getCurrentCluster()?.server ?? '';
  if (!URL.canParse(server)) throw problem('the kubeconfig names no server for the context');
  if (sendsInClear(new URL(server)))
    throw problem(
      'the cluster’s server must be https:// off loopback: credentials would travel in the clear',
    );
  return config;
}

function readFiles(
  driver: Driver,
  config: KubeConfig,
  given: string | undefined,
  problem: (what: string) => ToolError,
): void {
  const files = given === undefined ? usualFiles() : [given];
  if (files.length === 0) throw problem('there is no kubeconfig: give kubeconfig: PATH or set KUBECONFIG');
  try {
    const [first, ...others] = files;
    if (first !== undefined) config.loadFromFile(first);
    for (const file of others) {
      const other = new driver.KubeConfig();
      other.loadFromFile(file);
      config.mergeConfig(other);
    }
  } catch {
    // The parser's message can quote the file.
    throw problem(`the kubeconfig cannot be read: ${files.join(', ')}`);
  }
}

function usualFiles(): string[] {
  const { KUBECONFIG, HOME } = process.env;
  if (KUBECONFIG) return KUBECONFIG.split(delimiter).filter((file) => file !== '');
  const usual = HOME ? join(HOME, '.kube', 'config') : undefined;
  return usual && existsSync(usual) ? [usual] : [];
}

const sendsInClear = ({ protocol, hostname }: URL): boolean =>
  protocol !== 'https:' && !(protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
