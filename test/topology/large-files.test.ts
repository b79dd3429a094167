import { expect, test } from 'vitest';
import { queryImpact } from '../../src/topology/query.ts';
import { graphOf, load } from './types.ts';

const COUNT = 10_000;
/** A busy machine may take long; that is no failure. */
const PATIENCE = 180_000;
const numbered = (line: (n: number) => string) => Array.from({ length: COUNT }, (_, n) => line(n)).join('\n');
const components = numbered(
  (n) => `  c${n}: {type: redis, host: h, credentials: {password: {env: P}}, prefixes: {p: {match: x}}}`,
);
const ring = numbered((n) => `  - {from: c${(n + 1) % COUNT}, to: c${n}, type: caches_in, prefixes: [p]}`);

test(
  'ten thousand components in a ring load, and the impact of one is all the others',
  () => {
    const started = performance.now();
    const graph = graphOf(`stack: s\ncomponents:\n${components}\nlinks:\n${ring}\n`);
    console.info(`loaded ${COUNT} components and links in ${Math.round(performance.now() - started)} ms`);
    expect(graph.components.size).toBe(COUNT);
    expect(graph.links).toHaveLength(COUNT);
    const { affected, total } = queryImpact(graph, { component: 'c0', limit: 500, offset: 9_900 });
    expect(total).toBe(COUNT - 1);
    expect(affected).toHaveLength(99);
    expect(affected.at(-1)?.path).toHaveLength(COUNT);
  },
  PATIENCE,
);

test(
  'ten thousand links to components that do not exist are each an error',
  () => {
    const { problems } = load(
      `stack: s\ncomponents:\n${components}\nlinks:\n${ring.replaceAll('to: c', 'to: cc')}\n`,
    );
    expect(problems?.[0]).toMatchObject({ line: COUNT + 4, column: 20 });
    expect(problems?.at(-1)?.message).toBe(`${COUNT - 1_000} more errors are not listed`);
  },
  PATIENCE,
);

test(
  'a component may have ten thousand sub-components',
  () => {
    const subs = numbered((n) => `      p${n}: {match: x}`);
    const graph = graphOf(
      `stack: s\ncomponents:\n  c:\n    type: redis\n    host: h\n    prefixes:\n${subs}\n  a: {type: agent}\nlinks: [{from: a, to: c, type: caches_in}]\n`,
    );
    expect(graph.links[0]?.subs.size).toBe(COUNT);
  },
  PATIENCE,
);
