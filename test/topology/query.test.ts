import { expect, test } from 'vitest';
import {
  ComponentsResult,
  ImpactResult,
  LinksResult,
  MetadataQuery,
  type MetadataResult,
  NeighborsResult,
  queryMetadata,
  SubComponentsResult,
  UnknownName,
} from '../../src/topology/query.ts';
import { graphOf } from './types.ts';

const GRAPH = graphOf(`stack: s
components:
  web: {type: application, title: Shop front, group: front}
  api: {type: application, protected: true}
  worker: {type: application, description: Makes invoices}
  db: {type: postgresql, host: secret-host, credentials: {user: secret-user, password: {env: SECRET_PASSWORD}}, databases: {orders: {schemas: [public]}, billing: }}
  cache: {type: redis, host: secret-host, prefixes: {s: {match: "secret-match:"}}}
  ledger: {type: postgresql, is_external: true, stack: finance}
  lonely: {type: agent}
links:
  - {from: web, to: api, type: calls}
  - {from: api, to: db, type: queries, databases: [orders]}
  - {from: worker, to: db, type: queries, databases: [billing], access: read}
  - {from: api, to: cache, type: caches_in}
  - {from: worker, to: web, type: calls}
  - {from: api, to: worker, type: calls}
  - {from: api, to: ledger, type: calls}
`);
const RESULTS = {
  components: ComponentsResult,
  subcomponents: SubComponentsResult,
  links: LinksResult,
  neighbors: NeighborsResult,
  impact: ImpactResult,
};
/** Asks as a client would, through the schemas of question and answer. */
function ask<S extends keyof typeof RESULTS>(select: S, question: object = {}) {
  const result: MetadataResult = queryMetadata(GRAPH, MetadataQuery.parse({ select, ...question }));
  return RESULTS[select].parse(result) as ReturnType<(typeof RESULTS)[S]['parse']>;
}
const names = (question: object) => ask('components', question).components.map(({ name }) => name);

test('describes a component without its connection', () => {
  expect(ask('components', { name: 'db' })).toEqual({
    components: [
      {
        name: 'db',
        type: 'postgresql',
        layer: 'data',
        protected: false,
        external: false,
        subcomponents: [
          { name: 'orders', lists: { schemas: ['public'] } },
          { name: 'billing', lists: {} },
        ],
        links_in: 2,
        links_out: 0,
      },
    ],
    total: 1,
    truncated: false,
  });
});

test.each(['components', 'subcomponents', 'links'] as const)('%s hold no connection value', (select) => {
  expect(JSON.stringify(ask(select))).not.toMatch(/secret/i);
});

test.each([
  [{}, ['web', 'api', 'worker', 'db', 'cache', 'ledger', 'lonely']],
  [{ type: 'postgresql' }, ['db', 'ledger']],
  [{ type: 'postgresql', external: false }, ['db']],
  [{ layer: 'data' }, ['db', 'cache', 'ledger']],
  [{ group: 'front' }, ['web']],
  [{ protected: true }, ['api']],
  [{ external: true }, ['ledger']],
  [{ text: 'INVOICE' }, ['worker']],
  [{ text: 'secret' }, []],
  [{ limit: 2, offset: 1 }, ['api', 'worker']],
])('components that fit %j', (question, expected) => {
  expect(names(question)).toEqual(expected);
});

test('says when there is more', () => {
  expect(ask('components', { limit: 2 })).toMatchObject({
    total: 7,
    truncated: true,
    hint: 'ask again with offset 2 for more',
  });
  expect(ask('components', { limit: 2, offset: 5 })).toMatchObject({ total: 7, truncated: false });
});

test('lists sub-components as tools name them', () => {
  expect(ask('subcomponents', { type: 'postgresql' }).subcomponents.map(({ target }) => target)).toEqual([
    'db/orders',
    'db/billing',
  ]);
  expect(ask('subcomponents', { name: 'billing' }).subcomponents).toEqual([
    { component: 'db', name: 'billing', target: 'db/billing', lists: {} },
  ]);
});

test('finds links by their ends, type and what they reach', () => {
  expect(ask('links', { to: 'db' }).links.map(({ from, access }) => [from, access])).toEqual([
    ['api', 'full'],
    ['worker', 'read'],
  ]);
  expect(ask('links', { from: 'worker', type: 'queries' }).total).toBe(1);
  expect(ask('links', { to: 'db', sub: 'orders' }).links.map(({ from }) => from)).toEqual(['api']);
  expect(ask('links', { external: true }).links.map(({ to }) => to)).toEqual(['ledger']);
});

test('walks to neighbors in the direction asked', () => {
  const near = (question: object) =>
    ask('neighbors', question).neighbors.map(({ name, distance }) => `${name} ${distance}`);
  expect(near({ component: 'db' })).toEqual(['api 1', 'worker 1']);
  expect(near({ component: 'db', direction: 'out' })).toEqual([]);
  expect(near({ component: 'web', direction: 'out', depth: 2 })).toEqual([
    'api 1',
    'db 2',
    'cache 2',
    'worker 2',
    'ledger 2',
  ]);
  expect(near({ component: 'lonely', depth: 10 })).toEqual([]);
  expect(ask('neighbors', { component: 'cache' }).links).toMatchObject([{ from: 'api', to: 'cache' }]);
});

test('impact follows users through a cycle, each once, on a shortest way', () => {
  const { affected } = ask('impact', { component: 'cache' });
  expect(affected.map(({ name, distance, path, via }) => ({ name, distance, path, via }))).toEqual([
    { name: 'api', distance: 1, path: ['api', 'cache'], via: 'caches_in' },
    { name: 'web', distance: 2, path: ['web', 'api', 'cache'], via: 'calls' },
    { name: 'worker', distance: 3, path: ['worker', 'web', 'api', 'cache'], via: 'calls' },
  ]);
});

test('impact of a sub-component starts at those whose link reaches it', () => {
  const reached = (question: object) =>
    ask('impact', question).affected.map(({ name, distance }) => `${name} ${distance}`);
  expect(reached({ component: 'db' })).toEqual(['api 1', 'worker 1', 'web 2']);
  expect(reached({ component: 'db', sub: 'billing' })).toEqual(['worker 1', 'api 2', 'web 3']);
});

test('what does not exist is named with what is near', () => {
  expect(() => ask('impact', { component: 'dv' })).toThrow(new UnknownName('component', 'dv', ['db']));
  expect(() => ask('impact', { component: 'db', sub: 'order' })).toThrow(
    'there is no sub-component "order"; did you mean "orders"?',
  );
  expect(() => ask('neighbors', { component: 'constructor' })).toThrow(UnknownName);
});

test.each([
  { select: 'everything' },
  { select: 'components', where: 'x' },
  { select: 'components', limit: 0 },
  { select: 'neighbors' },
  { select: 'neighbors', component: 'db', depth: 1_000 },
  {},
])('refuses the question %j', (question) => {
  expect(MetadataQuery.safeParse(question).success).toBe(false);
});
