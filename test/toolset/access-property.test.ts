import { expect, test } from 'vitest';
import { z } from 'zod';
import { decideAccess } from '../../src/toolset/access.ts';
import { buildCatalog, type Catalog } from '../../src/toolset/catalog.ts';
import { defineService, type ServiceDefinition, toolsOf } from '../../src/toolset/define.ts';
import { explainAbsence, explainAccess } from '../../src/toolset/explain.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';
import type { Component, Entry, Graph, Link } from '../../src/topology/graph.ts';

const tool = toolsOf<{ Reader: object; Writer: object; Entry: Entry }>();
const made = (name: string, access: 'read' | 'write', reach: 'sub' | 'component') => {
  const params = z.strictObject({});
  const output = z.strictObject({});
  const about = { name, title: name, description: name, reach, params, output } as const;
  return access === 'read'
    ? tool({ ...about, access, run: async () => ({}) })
    : tool({
        ...about,
        access,
        scope: () => ({ resources: ['x'], atMost: 1 }),
        effect: { kind: 'update', irreversible: 'a test' },
        run: async () => ({}),
      });
};

const serviceOf = (type: string, prefix: string, hasSubs: boolean): ServiceDefinition =>
  defineService({
    type,
    prefix,
    layer: 'data',
    title: type,
    description: type,
    connection: z.strictObject({}),
    links: {},
    ...(hasSubs
      ? {
          subComponents: {
            key: 'parts',
            singular: 'part',
            entry: z.strictObject({}),
            narrowable: ['names'],
            required: false,
          },
        }
      : {}),
    tools: (['read', 'write'] as const).flatMap((access) => [
      made(`${prefix}_${access}_sub`, access, 'sub'),
      made(`${prefix}_${access}_component`, access, 'component'),
    ]),
  });
const SERVICES = new Map(
  [serviceOf('parted', 'pt', true), serviceOf('plain', 'pl', false)].map((one) => [one.type, one]),
);

/** A reproducible stream of whole numbers. */
function dice(seed: number) {
  let state = seed * 2_654_435_761 + 1;
  return (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state % below;
  };
}

const NAMES = ['a', 'b', 'c', 'd'];
const WORDS = ['w', 'x', 'y', 'z'];
const AGENTS = ['one', 'two'];
const at = { file: 't.yaml', line: 1, column: 1 };

function randomGraph(roll: (below: number) => number): Graph {
  const some = <T>(all: readonly T[]) => all.filter(() => roll(2) === 0);
  const components = new Map<string, Component>();
  for (const name of NAMES) {
    const type = roll(3) === 0 ? 'plain' : 'parted';
    const subs = new Map<string, Entry>(
      type === 'plain'
        ? []
        : ['s', 't'].slice(0, 1 + roll(2)).map((sub) => [sub, { names: WORDS, kept: name }]),
    );
    const isExternal = roll(6) === 0;
    components.set(name, {
      name,
      type,
      layer: 'data',
      isProtected: roll(5) === 0,
      isExternal,
      connection: {},
      subs,
      at,
    });
  }
  for (const name of AGENTS)
    components.set(name, {
      name,
      type: 'agent',
      layer: 'operations',
      isProtected: false,
      isExternal: false,
      connection: {},
      subs: new Map(),
      at,
    });
  const links = Array.from({ length: roll(9) }, (): Link => {
    const from = [...AGENTS, ...NAMES][roll(6)] ?? 'one';
    const target = components.get(NAMES[roll(4)] ?? 'a');
    if (!target) throw new Error('no such component');
    const reached = roll(2) ? [...target.subs] : some([...target.subs]);
    const subs = new Map(
      (reached.length > 0 ? reached : [...target.subs]).map(([sub, entry]): [string, Entry] => [
        sub,
        roll(2) ? entry : { ...entry, names: WORDS.slice(roll(3)) },
      ]),
    );
    return {
      from,
      to: target.name,
      type: 'uses',
      access: roll(3) === 0 ? 'read' : 'full',
      subs,
      crossesStack: target.isExternal,
      at,
    };
  });
  return { stack: 't', components, links, hash: 'h', text: '', file: 't.yaml' };
}

function randomFlags(roll: (below: number) => number) {
  const env: Record<string, string> = {};
  for (const name of NAMES) {
    for (const variable of [name, `${name}__s`, `${name}__t`].map(
      (one) => `MCP_${one.toUpperCase()}_WRITE_ACCESS`,
    )) {
      const value = [undefined, 'true', 'false', 'TRUE'][roll(4)];
      if (value !== undefined) env[variable] = value;
    }
  }
  return flagsFrom(env);
}

const offered = (catalog: Catalog) =>
  new Set(
    [...catalog.tools].flatMap(([name, { targets }]) =>
      [...targets.keys()].map((target) => `${name} ${target}`),
    ),
  );

const RUNS = 3_000;

test('over thousands of random stacks, the catalog, its explanation and the gate’s question agree', () => {
  let writes = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const roll = dice(seed);
    const graph = randomGraph(roll);
    const flags = randomFlags(roll);
    const principal = ['stack', ...AGENTS, 'nobody'][roll(4)] ?? 'stack';
    const catalog = buildCatalog(graph, SERVICES, flags, principal);
    const explained = NAMES.flatMap((component) =>
      explainAccess(graph, SERVICES, flags, { component, principal }),
    );
    const allowed = new Set(explained.filter((one) => one.allowed).map((one) => `${one.tool} ${one.target}`));
    expect(offered(catalog), `seed ${seed}`).toEqual(allowed);
    for (const one of explained) expect(one.reasons.length, `seed ${seed}`).toBeGreaterThan(0);
    for (const { tool: known, targets } of catalog.tools.values()) {
      for (const { target, component } of targets.values()) {
        const reach = catalog.reach.get(component.name);
        if (!reach) throw new Error(`seed ${seed}: ${target.name} is offered and not reached`);
        expect(decideAccess(reach, target.sub, known.access, flags).allowed, `seed ${seed}`).toBe(true);
        checkAlone(graph, principal, known.access, component, target, `seed ${seed}`);
        if (known.access === 'write') writes += 1;
      }
    }
    for (const refused of explained.filter((one) => !one.allowed)) {
      const question = { tool: refused.tool, target: refused.target, principal };
      expect(explainAbsence(graph, servicesAtHand(SERVICES), flags, question)).toContain(
        refused.reasons.at(-1),
      );
    }
  }
  expect(writes).toBeGreaterThan(500);
});

/** The rules in their plainest words, derived from the links alone. */
function checkAlone(
  graph: Graph,
  principal: string,
  access: 'read' | 'write',
  component: Component,
  target: { sub?: string; scope: Entry },
  seed: string,
): void {
  const links = graph.links.filter(
    (link) =>
      link.to === component.name &&
      (principal === 'stack' || link.from === principal) &&
      (target.sub === undefined || link.subs.has(target.sub)) &&
      (access === 'read' || link.access === 'full'),
  );
  expect(links.length, seed).toBeGreaterThan(0);
  expect(component.isExternal, seed).toBe(false);
  if (access === 'write') expect(component.isProtected, seed).toBe(false);
  if (target.sub === undefined) return;
  const named = links.flatMap((link) => z.array(z.string()).parse(link.subs.get(target.sub ?? '')?.names));
  expect(new Set(z.array(z.string()).parse(target.scope.names)), seed).toEqual(new Set(named));
  expect(target.scope.kept, seed).toBe(component.name);
}

test('the list is the same bytes whatever the order of components and links', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const roll = dice(seed);
    const graph = randomGraph(roll);
    const flags = randomFlags(roll);
    const turned: Graph = {
      ...graph,
      components: new Map([...graph.components].reverse()),
      links: [...graph.links].reverse(),
    };
    for (const principal of ['stack', ...AGENTS]) {
      const [one, other] = [graph, turned].map((each) =>
        JSON.stringify(buildCatalog(each, SERVICES, flags, principal).list),
      );
      expect(other).toBe(one);
    }
  }
});
