import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SecretRef, SettingRef } from '../../src/secrets/reference.ts';
import { SERVICES } from '../../src/services/index.ts';
import { flagName } from '../../src/topology/flag-name.ts';
import { loadTopology, readTopology } from '../../src/topology/load.ts';
import { typesAtHand } from '../../src/topology/type-source.ts';
import { graphOf, load, TYPES } from './types.ts';

const SHOP = readFileSync(new URL('../../topology/shop.yaml', import.meta.url), 'utf8');

test('the documented example loads without a warning', () => {
  const { graph, warnings } = loadTopology({ text: SHOP, file: 't.yaml', types: SERVICES });
  expect(warnings).toEqual([]);
  expect(graph?.stack).toBe('shop');
  expect([...(graph?.components.keys() ?? [])]).toEqual([
    'web',
    'orders-api',
    'payments',
    'orders-db',
    'cache',
    'metrics',
    'ledger',
    'triage',
  ]);
  expect(graph?.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('a component carries what the file says and what its type adds', () => {
  const db = graphOf(SHOP).components.get('orders-db');
  expect(db).toMatchObject({
    type: 'postgresql',
    layer: 'data',
    title: 'Orders database',
    group: 'platform',
    isProtected: false,
    isExternal: false,
  });
  expect(db?.at).toEqual({ file: 't.yaml', line: 24, column: 3 });
  const { host, port, credentials } = db?.connection ?? {};
  expect(host).toBeInstanceOf(SettingRef);
  expect(host).toMatchObject({ given: { env: 'ORDERS_DB_HOST' } });
  expect(port).toMatchObject({ given: { literal: 5432 } });
  expect(credentials).toEqual({
    user: expect.any(SettingRef),
    password: new SecretRef({ env: 'ORDERS_DB_PASSWORD' }),
  });
  expect([...(db?.subs ?? [])]).toEqual([
    ['orders', { schemas: ['public'] }],
    ['billing', {}],
  ]);
});

test('an external component has no connection, and what is drawn to it crosses stacks', () => {
  const graph = graphOf(SHOP);
  expect(graph.components.get('ledger')).toMatchObject({
    isExternal: true,
    stack: 'finance',
    connection: {},
  });
  expect(graph.links.filter((link) => link.crossesStack)).toMatchObject([
    { from: 'payments', to: 'ledger', type: 'calls' },
  ]);
});

const STACK = `stack: s
components:
  a: {type: agent}
  b: {type: agent}
  db: {type: postgresql, host: h, credentials: {user: u, password: {env: P}}, databases: {orders: {schemas: [public, audit]}, billing: }}
  other: {type: postgresql, is_external: true}
links:
`;
const linkOf = (link: string) => graphOf(`${STACK}  - ${link}\n`).links[0];

test('a link that names nothing reaches every sub-component', () => {
  expect([...(linkOf('{from: a, to: db, type: queries}')?.subs ?? [])]).toEqual([
    ['orders', { schemas: ['public', 'audit'] }],
    ['billing', {}],
  ]);
});

test('a link reaches what it names, narrowed where it says so', () => {
  expect([...(linkOf('{from: a, to: db, type: queries, databases: [billing]}')?.subs.keys() ?? [])]).toEqual([
    'billing',
  ]);
  expect([
    ...(linkOf('{from: a, to: db, type: queries, databases: {orders: {schemas: [audit]}}}')?.subs ?? []),
  ]).toEqual([['orders', { schemas: ['audit'] }]]);
  expect([...(linkOf('{from: a, to: db, type: queries, databases: {orders: }}')?.subs ?? [])]).toEqual([
    ['orders', { schemas: ['public', 'audit'] }],
  ]);
});

test('access: read caps a link, and so does its type', () => {
  expect(linkOf('{from: a, to: db, type: queries}')?.access).toBe('full');
  expect(linkOf('{from: a, to: db, type: queries, access: read}')?.access).toBe('read');
  expect(linkOf('{from: a, to: db, type: observes}')?.access).toBe('read');
});

test('a link to another stack may only tell that it is used', () => {
  expect(linkOf('{from: a, to: other, type: depends_on}')).toMatchObject({ crossesStack: true });
  expect(linkOf('{from: a, to: other, type: queries}')).toMatchObject({ crossesStack: true });
  expect(linkOf('{from: other, to: b, type: calls}')).toMatchObject({ crossesStack: true });
  expect(load(`${STACK}  - {from: a, to: db, type: depends_on}\n`).problems).toHaveLength(1);
});

test('links keep the order of the file', () => {
  const { links } = graphOf(
    `${STACK}  - {from: b, to: db, type: queries}\n  - {from: a, to: db, type: queries}\n  - {from: a, to: b, type: calls}\n`,
  );
  expect(links.map(({ from, to }) => `${from}>${to}`)).toEqual(['b>db', 'a>db', 'a>b']);
});

test('nothing in a graph can be changed', () => {
  const graph = graphOf(SHOP);
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    expect(Object.isFrozen(value), `${path} is open`).toBe(true);
    for (const [key, inner] of value instanceof Object && Symbol.iterator in value && !Array.isArray(value)
      ? [...(value as Iterable<[string, unknown]>)]
      : Object.entries(value))
      visit(inner, `${path}.${key}`);
  };
  visit(graph, 'graph');
  expect(seen.size).toBeGreaterThan(50);
  for (const change of ['set', 'delete', 'clear']) expect(graph.components).not.toHaveProperty(change);
  expect(() => Map.prototype.set.call(graph.components, 'x', 1)).toThrow(TypeError);
});

test('JSON is read as well', () => {
  const json = JSON.stringify(
    {
      $schema: './topology.schema.json',
      stack: 's',
      components: { a: { type: 'agent' }, b: { type: 'agent' } },
      links: [{ from: 'a', to: 'b', type: 'calls' }],
    },
    null,
    '\t',
  );
  expect(graphOf(json).links).toHaveLength(1);
});

test.each(['constructor', 'tostring', 'valueof'])('%s is a name like any other', (name) => {
  expect(graphOf(`stack: s\ncomponents: {${name}: {type: agent}}\n`).components.get(name)?.type).toBe(
    'agent',
  );
});

test('words that every object inherits are no types, fields or links', () => {
  const { problems } = load(`stack: s
components:
  a: {type: constructor}
  b: {type: agent, __proto__: {is_external: true}, toString: 1}
links:
  - {from: b, to: b, type: hasOwnProperty}
  - {from: __proto__, to: b, type: calls}
`);
  expect(problems?.map(({ line, column }) => `${line}:${column}`)).toEqual([
    '3:13',
    '4:20',
    '4:52',
    '6:19',
    '6:28',
    '7:12',
  ]);
});

test('a group that nobody is in is a warning', () => {
  const { graph, warnings } = load(
    'stack: s\ngroups:\n  front: {title: Front}\ncomponents: {a: {type: agent}}\n',
  );
  expect(graph).toBeDefined();
  expect(warnings).toMatchObject([{ severity: 'warning', line: 3, column: 3 }]);
});

test('any group will do where none is listed', () => {
  expect(graphOf('stack: s\ncomponents: {a: {type: agent, group: front}}\n').components.get('a')?.group).toBe(
    'front',
  );
});

test('names the write flags', () => {
  expect(flagName('orders-db')).toBe('MCP_ORDERS_DB_WRITE_ACCESS');
  expect(flagName('orders-db', 'billing.v2')).toBe('MCP_ORDERS_DB__BILLING_V2_WRITE_ACCESS');
});

test('a file that cannot be read is a problem, not an exception', async () => {
  expect(await readTopology('/nowhere/at/all.yaml', typesAtHand(TYPES))).toMatchObject({
    problems: [{ file: '/nowhere/at/all.yaml', message: expect.stringContaining('no such file') }],
  });
  expect(await readTopology('/', typesAtHand(TYPES))).toMatchObject({
    problems: [{ message: expect.stringContaining('regular file') }],
  });
});
