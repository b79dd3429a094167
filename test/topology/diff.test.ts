import { expect, test } from 'vitest';
import { diffTopology, isEmptyDiff } from '../../src/topology/diff.ts';
import { graphOf } from './types.ts';

const BASE = `stack: s
components:
  a: {type: agent}
  b: {type: application, title: B}
  db: {type: postgresql, host: h, credentials: {user: u, password: {env: P}}, databases: {orders: {schemas: [public]}, billing: }}
links:
  - {from: a, to: db, type: queries, databases: [orders]}
  - {from: a, to: b, type: observes}
`;
const diff = (edit: (text: string) => string) => diffTopology(graphOf(BASE), graphOf(edit(BASE)));

test('layout, order and comments are no difference', () => {
  const moved = BASE.replace('  b: {type: application, title: B}\n', '').replace(
    'components:\n',
    'components:   # moved\n  b: {title: B, type: application}\n',
  );
  expect(isEmptyDiff(diff(() => moved))).toBe(true);
  expect(isEmptyDiff(diff((text) => text.replace('host: h', 'host: i')))).toBe(false);
});

test('names what came and went', () => {
  const result = diff((text) =>
    text
      .replace('  b: {type: application, title: B}', '  c: {type: agent}')
      .replace('to: b, type: observes', 'to: c, type: delegates'),
  );
  expect(result.components).toEqual({ added: ['c'], removed: ['b'], changed: [] });
  expect(result.links).toEqual({
    added: [{ from: 'a', to: 'c', type: 'delegates' }],
    removed: [{ from: 'a', to: 'b', type: 'observes' }],
    changed: [],
  });
});

test('names the fields that changed, and none of their values', () => {
  const result = diff((text) =>
    text
      .replace('host: h', 'host: {env: NEW_HOST}')
      .replace('{env: P}', '{file: /new}')
      .replace('[public]', '[public, audit]')
      .replace(', billing: ', '')
      .replace('title: B', 'protected: true'),
  );
  expect(result.components.changed).toEqual([
    { name: 'b', fields: ['protected', 'title'] },
    { name: 'db', fields: ['credentials.password', 'host', 'sub-component billing', 'sub-component orders'] },
  ]);
  expect(JSON.stringify(result)).not.toMatch(/NEW_HOST|\/new/);
});

test('tells a capped or narrowed link', () => {
  expect(diff((text) => text.replace('databases: [orders]', 'access: read')).links.changed).toEqual([
    { from: 'a', to: 'db', type: 'queries', fields: ['access', 'sub-component billing'] },
  ]);
});

test('tells another name of the stack', () => {
  expect(diff((text) => text.replace('stack: s', 'stack: t')).renamed).toBe(true);
});
