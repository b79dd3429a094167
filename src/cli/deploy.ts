import { stringify } from 'yaml';
import { type Address, addressesOf, hostsOf, parseAddress } from '../deploy/addresses.ts';
import { clusterRoles } from '../deploy/cluster-roles.ts';
import { type Manifest, parseSubject, roleManifests } from '../deploy/manifest.ts';
import { NotExpressible, networkPolicy } from '../deploy/network-policy.ts';
import { listReferences } from '../secrets/references.ts';
import { SERVICES } from '../services/index.ts';
import { drawnTypes } from '../toolset/drawn-types.ts';
import { flagsFrom } from '../toolset/flags.ts';
import { type Reach, reachOf, STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { Component, Graph } from '../topology/graph.ts';
import { readTopology } from '../topology/load.ts';
import { TopologyError } from '../topology/topology-error.ts';
import { typesAtHand } from '../topology/type-source.ts';
import {
  EXIT,
  type TopologyOptions,
  topologyOf,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';

export interface RbacOptions extends TopologyOptions {
  readonly name: string;
  readonly subject: string;
  readonly cluster?: string;
}

/** `stackward rbac`: the Roles and RoleBindings that Stackward's account needs for this topology and these flags. */
export async function rbac(options: RbacOptions, world: World): Promise<number> {
  const subject = parseSubject(options.subject);
  if (!subject)
    throw new UsageError(
      `--subject ${options.subject} is none of serviceaccount:NAMESPACE/NAME, user:NAME and group:NAME`,
    );
  const { graph, reach } = await open(options, world);
  const clusters = clusterRoles(graph, reach, flagsFrom(world.env));
  const { cluster } = options;
  const chosen = clusters.filter(({ components }) => cluster === undefined || components.includes(cluster));
  if (chosen.length === 0) {
    const known = clusters.flatMap(({ components }) => components).join(', ') || 'none';
    throw new UsageError(
      cluster === undefined
        ? 'no link reaches a cluster, so no rights are needed in any'
        : `no link needs rights in a cluster '${cluster}'; clusters in which one does: ${known}`,
    );
  }
  if (options.json)
    writeJson(
      world.stdout,
      chosen.map((one) => ({
        components: one.components,
        context: one.context ?? null,
        manifests: roleManifests(one, options.name, subject),
      })),
    );
  else
    for (const one of chosen) {
      const what =
        one.context === undefined ? 'the cluster that Stackward runs in' : `context ${one.context}`;
      const by = one.components.length > 0 ? `, drawn as ${one.components.join(', ')}` : '';
      writeLine(world.stdout, `# ${what}${by}`);
      print(roleManifests(one, options.name, subject), world);
    }
  return EXIT.ok;
}

export interface NetworkPolicyOptions extends TopologyOptions {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly from?: readonly string[];
  readonly address?: readonly string[];
  readonly also?: readonly string[];
}

/** `stackward network-policy`: lets Stackward's pods reach what its links reach, and nothing else. */
export async function writeNetworkPolicy(options: NetworkPolicyOptions, world: World): Promise<number> {
  const { graph, reach } = await open(options, world);
  const hosts = new Map(
    [...reach.values()].flatMap((one) => hostsOf(one, graph)).map((one) => [one.name, one]),
  );
  const given = givenAddresses(options.address ?? [], hosts);
  const problems: string[] = [];
  const addresses = [...hosts.values()].flatMap((component) => {
    const own = given.get(component.name);
    if (own) return own;
    const found = addressesOf(component, world.env);
    if ('addresses' in found) return found.addresses.filter((one) => isExpressible(one, options, problems));
    const { name, type } = component;
    problems.push(`${name} (${type}): ${found.unknown}; give --address ${name}=HOST:PORT`);
    return [];
  });
  const vault = vaultOf(reach, options, world);
  if (typeof vault === 'string') problems.push(vault);
  if (problems.length > 0) {
    for (const problem of problems) writeLine(world.stderr, problem);
    return EXIT.usage;
  }
  const also = (options.also ?? []).map((text) => addressIn('--also', text));
  const policy = policyOf([...addresses, ...also], options);
  if (options.json) writeJson(world.stdout, policy);
  else print([policy], world);
  return EXIT.ok;
}

function givenAddresses(
  texts: readonly string[],
  hosts: ReadonlyMap<string, Component>,
): Map<string, Address[]> {
  const given = new Map<string, Address[]>();
  for (const text of texts) {
    const [, name = '', place = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (!hosts.has(name))
      throw new UsageError(
        `--address ${text} has to be COMPONENT=HOST:PORT of a component that is reached: ${[...hosts.keys()].join(', ')}`,
      );
    given.set(name, [...(given.get(name) ?? []), addressIn(name, place)]);
  }
  return given;
}

/** Credentials that come from Vault need a way to it, which the topology does not tell. */
function vaultOf(
  reach: ReadonlyMap<string, Reach>,
  { also = [] }: NetworkPolicyOptions,
  { env }: World,
): string | undefined {
  const fromVault = [...reach.values()].find(({ component }) =>
    listReferences(component.connection).some(({ source }) => 'vault' in source),
  );
  if (!fromVault || also.length > 0) return undefined;
  return `${fromVault.component.name} takes a credential from Vault${env.VAULT_ADDR ? ` at ${env.VAULT_ADDR}` : ''}; give its address as --also HOST:PORT`;
}

const policyOf = (
  addresses: readonly Address[],
  { name, namespace, port, from = [] }: NetworkPolicyOptions,
) =>
  networkPolicy(addresses, {
    name,
    namespace,
    port,
    from,
    pods: { 'app.kubernetes.io/name': 'stackward' },
  });

function isExpressible(address: Address, options: NetworkPolicyOptions, problems: string[]): boolean {
  try {
    policyOf([address], options);
    return true;
  } catch (error) {
    if (!(error instanceof NotExpressible)) throw error;
    problems.push(
      `${error.message}; give its addresses, as --address ${address.of}=203.0.113.0/24:${address.port}, or the proxy that leads there`,
    );
    return false;
  }
}

function addressIn(of: string, text: string): Address {
  try {
    return parseAddress(of, text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function open(
  options: TopologyOptions,
  world: World,
): Promise<{ graph: Graph; reach: ReadonlyMap<string, Reach> }> {
  const loaded = await readTopology(topologyOf(options, world), typesAtHand(drawnTypes(SERVICES)));
  if (loaded.problems) throw new TopologyError(loaded.problems);
  return { graph: loaded.graph, reach: reachOf(loaded.graph, SERVICES, STACK_PRINCIPAL) };
}

function print(manifests: readonly Manifest[], { stdout }: World): void {
  for (const manifest of manifests)
    stdout.write(`---\n${stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false })}`);
}
