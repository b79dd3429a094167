import { AgentIdentity } from '../../toolset/agent-identity.ts';
import type { Component, Graph } from '../../topology/graph.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** Every agent of the topology that a token with these claims is, in the file's order. */
export function agentsOf(graph: Graph, claims: Claims): readonly string[] {
  return identitiesOf(graph)
    .filter(({ identity }) => fits(identity, claims))
    .map(({ name }) => name);
}

/** Pairs of agents of which every token that is the first is the second, too, so that none of them is let in. */
export function confusableAgents(graph: Graph): readonly (readonly [string, string])[] {
  const all = identitiesOf(graph);
  return all.flatMap(({ name, identity }, at) =>
    all
      .filter(
        (other, where) =>
          where !== at &&
          isWithin(other.identity, identity) &&
          !(where < at && isWithin(identity, other.identity)),
      )
      .map((other): readonly [string, string] => [name, other.name]),
  );
}

function identitiesOf({ components }: Graph): readonly { name: string; identity: AgentIdentity }[] {
  return [...components.values()].flatMap((component) => {
    const identity = identityOf(component);
    return identity ? [{ name: component.name, identity }] : [];
  });
}

function identityOf({ type, isExternal, connection }: Component): AgentIdentity | undefined {
  if (type !== 'agent' || isExternal || connection.identity === undefined) return undefined;
  return AgentIdentity.safeParse(connection.identity).data;
}

const fits = ({ claims: wanted }: AgentIdentity, claims: Claims): boolean =>
  Object.entries(wanted).every(([name, value]) => {
    const held = claimOf(claims, name);
    return valuesOf(value).every((one) => (Array.isArray(held) ? held.includes(one) : held === one));
  });

/** Whether a token that fits `wider` needs to have everything that `narrower` asks for. */
const isWithin = (narrower: AgentIdentity, wider: AgentIdentity): boolean =>
  Object.entries(narrower.claims).every(([name, value]) => {
    const asked = Object.hasOwn(wider.claims, name) ? wider.claims[name] : undefined;
    return asked !== undefined && valuesOf(value).every((one) => valuesOf(asked).includes(one));
  });

const valuesOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A claim by its name, or by its path (RFC 6901) where the name begins with `/`; own properties alone. */
function claimOf(claims: Claims, name: string): unknown {
  const path = name.startsWith('/') ? name.slice(1).split('/').map(unescaped) : [name];
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, step)
        ? (at as Claims)[step]
        : undefined,
    claims,
  );
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
