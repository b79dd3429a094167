import { SettingRef } from '../secrets/reference.ts';
import type { Reach } from '../toolset/reach.ts';
import type { Component, Graph } from '../topology/graph.ts';

/** Where one component is reached over the network. */
export interface Address {
  /** The component, or what else Stackward itself talks to. */
  readonly of: string;
  /** Name, IP address, or a network as CIDR. */
  readonly host: string;
  readonly port: number;
}

/** The addresses that a connection names, or why they cannot be told. */
export type Addresses = { readonly addresses: readonly Address[] } | { readonly unknown: string };

type Env = Readonly<Record<string, string | undefined>>;

/** The components that stand for a linked one on the network: the cluster of a workload, and otherwise itself. */
export function hostsOf({ component, service }: Reach, graph: Graph): readonly Component[] {
  const named = Object.keys(service.references ?? {})
    .map((field) => graph.components.get(String(component.connection[field])))
    .filter((one) => one !== undefined);
  return named.length > 0 ? named : [component];
}

/** Types without a network: they are metadata, or this process itself. */
const NOWHERE = new Set(['application', 'agent', 'stack']);
const URL_FIELDS = ['url', 'base_url'];

/**
 * Reads the addresses of a component from its connection: `url`, `base_url`, `host` and `port` with further
 * `members`, or `brokers`. What is given by environment is read from `env`. A connection that shows none of these,
 * such as one that falls back to a provider's own address, is `unknown`: a policy must not guess.
 */
export function addressesOf(component: Component, env: Env): Addresses {
  const { name, type, connection } = component;
  if (NOWHERE.has(type)) return { addresses: [] };
  try {
    const found = [
      ...URL_FIELDS.flatMap((field) => ofUrl(name, settingOf(connection[field], env))),
      ...ofUrl(name, settingOf(urlIn(connection.api), env)),
      ...ofHost(name, connection, env),
      ...listOf(connection.members).flatMap((member) => ofHost(name, member, env)),
      ...listOf(connection.brokers).map((broker) => parseAddress(name, String(settingOf(broker, env)))),
    ];
    // A second API that is left to its provider's default has an address too, and nobody said which.
    if (isUnsaid(connection.api)) return { unknown: hintOf(type) };
    if (found.length > 0) return { addresses: found.filter((one) => one !== undefined) };
    return { unknown: hintOf(type) };
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
}

const urlIn = (api: unknown): unknown =>
  typeof api === 'object' && api !== null && 'url' in api ? api.url : undefined;

const isUnsaid = (api: unknown): boolean => api !== undefined && urlIn(api) === undefined;

const hintOf = (type: string): string =>
  type === 'kubernetes'
    ? 'the address of its API server is not in the topology (kubectl get endpoints kubernetes tells it)'
    : 'its connection names no address';

/** `host:port` or `[address]:port`, the host perhaps a network. Throws an Error for anything else. */
export function parseAddress(of: string, text: string): Address {
  const { v6, host, port } =
    /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:\s]+)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  const number = Number(port);
  const where = v6 ?? host;
  if (where === undefined || number < 1 || number > 65_535) throw new Error(`'${text}' is not HOST:PORT`);
  return { of, host: where, port: number };
}

function ofUrl(of: string, value: unknown): Address[] {
  if (typeof value !== 'string') return [];
  const { hostname, port, protocol } = new URL(value);
  return [
    { of, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'https:' ? 443 : 80)) },
  ];
}

/** A host that is a path is a socket of this machine, and no network. */
function ofHost(
  of: string,
  connection: Readonly<Record<string, unknown>>,
  env: Env,
): (Address | undefined)[] {
  const host = settingOf(connection.host, env);
  if (typeof host !== 'string') return [];
  return [host.startsWith('/') ? undefined : { of, host, port: Number(settingOf(connection.port, env)) }];
}

function settingOf(setting: unknown, env: Env): unknown {
  if (!(setting instanceof SettingRef)) return setting;
  const { given } = setting;
  if ('literal' in given) return given.literal;
  const text = env[given.env];
  if (text === undefined)
    throw new Error(`it comes from the environment variable ${given.env}, which is not set here`);
  return setting.parse(text);
}

const listOf = (value: unknown) => (Array.isArray(value) ? value : []);
