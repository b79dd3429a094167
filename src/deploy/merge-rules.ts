import type { RoleRule } from '../toolset/cluster-role.ts';

/** Unites rules so that nothing is said twice: by resource the verbs for every object, and those for named ones beyond them. */
export function mergeRules(rules: readonly RoleRule[]): readonly RoleRule[] {
  const resources = new Map<
    string,
    { group: string; resource: string; all: Set<string>; named: Map<string, Set<string>> }
  >();
  for (const { group, resource, verbs, names } of rules) {
    const key = `${group}/${resource}`;
    const entry = resources.get(key) ?? { group, resource, all: new Set(), named: new Map() };
    resources.set(key, entry);
    if (names === undefined) for (const verb of verbs) entry.all.add(verb);
    else
      for (const name of names) entry.named.set(name, new Set([...(entry.named.get(name) ?? []), ...verbs]));
  }
  return [...resources.values()]
    .flatMap(({ group, resource, all, named }) => [
      ...(all.size > 0 ? [{ group, resource, verbs: [...all].sort() }] : []),
      ...byVerbs(named, all).map(({ verbs, names }) => ({ group, resource, verbs, names })),
    ])
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Names that have the same verbs beyond those that everything has share one rule. */
function byVerbs(named: ReadonlyMap<string, ReadonlySet<string>>, all: ReadonlySet<string>) {
  const groups = new Map<string, { verbs: string[]; names: string[] }>();
  for (const [name, verbs] of named) {
    const beyond = [...verbs].filter((verb) => !all.has(verb)).sort();
    if (beyond.length === 0) continue;
    const group = groups.get(beyond.join()) ?? { verbs: beyond, names: [] };
    groups.set(beyond.join(), { ...group, names: [...group.names, name].sort() });
  }
  return [...groups.values()];
}

const keyOf = ({ group, resource, names }: RoleRule): string => `${group}/${resource}/${names?.join() ?? ''}`;
