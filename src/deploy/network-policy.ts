import { isIP } from 'node:net';
import type { Address } from './addresses.ts';
import { LABELS, type Manifest } from './manifest.ts';

/** One entry of `to` with its ports. @see https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
interface EgressRule {
  readonly to: readonly object[];
  readonly ports: readonly object[];
}

/** What a NetworkPolicy cannot say: it knows addresses, namespaces and labels, and no names of the DNS. */
export class NotExpressible extends Error {
  readonly address: Address;
  constructor(address: Address) {
    super(`${address.of} is at ${address.host}, a name, which a NetworkPolicy cannot hold`);
    this.address = address;
  }
}

const NAMESPACE = 'kubernetes.io/metadata.name';
const SERVICE = /^(?<service>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)(\.svc(\.cluster\.local)?)?$/;

export interface PolicyOptions {
  readonly name: string;
  readonly namespace: string;
  /** Labels of Stackward's pods. */
  readonly pods: Readonly<Record<string, string>>;
  /** Port that Stackward serves. */
  readonly port: number;
  /** Namespaces whose pods may call; their own alone where there is none. */
  readonly from: readonly string[];
}

/**
 * Lets Stackward's pods reach what its links reach, name resolution, and nothing else; and lets in those who may call.
 * An address in the cluster is held to its namespace and port. Throws NotExpressible.
 */
export function networkPolicy(addresses: readonly Address[], options: PolicyOptions): Manifest {
  const { name, namespace, pods, port, from } = options;
  const callers = from.length > 0 ? from : [namespace];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: LABELS },
    spec: {
      podSelector: { matchLabels: pods },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: callers.map(inNamespace), ports: [tcp(port)] }],
      egress: [DNS, ...egress(addresses, namespace)],
    },
  };
}

const tcp = (port: number) => ({ protocol: 'TCP', port });
const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { [NAMESPACE]: name } } });
const DNS: EgressRule = {
  to: [{ ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
  ports: [{ protocol: 'UDP', port: 53 }, tcp(53)],
};

/** Places that are reached by the same ports share a rule; each place and port comes once, in a fixed order. */
function egress(addresses: readonly Address[], own: string): EgressRule[] {
  const ports = new Map<string, { to: object; ports: Set<number> }>();
  for (const address of addresses) {
    const to = placeOf(address, own);
    const key = JSON.stringify(to);
    const known = ports.get(key) ?? { to, ports: new Set() };
    known.ports.add(address.port);
    ports.set(key, known);
  }
  return [...ports.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { to, ports: all }]) => ({ to: [to], ports: [...all].sort((a, b) => a - b).map(tcp) }));
}

function placeOf(address: Address, own: string): object {
  const { host } = address;
  const [ip = '', bits] = host.split('/');
  const version = isIP(ip);
  if (version !== 0) {
    const most = version === 4 ? 32 : 128;
    if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most))
      throw new NotExpressible(address);
    return { ipBlock: { cidr: `${ip}/${bits ?? most}` } };
  }
  if (/^[a-z0-9-]+$/.test(host) && host !== 'localhost') return inNamespace(own);
  const { namespace } = SERVICE.exec(host)?.groups ?? {};
  // `shop.com` looks like a Service of a namespace `com`: only a name that says svc is taken for one.
  if (namespace === undefined || !/\.svc(\.cluster\.local)?$/.test(host)) throw new NotExpressible(address);
  return inNamespace(namespace);
}
