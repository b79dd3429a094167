import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { SERVICES } from '../../src/services/index.ts';
import { drawnTypes } from '../../src/toolset/drawn-types.ts';
import { topologySchema } from '../../src/topology/schema.ts';
import { TYPES } from './types.ts';

const SHOP = readFileSync(new URL('../../topology/shop.yaml', import.meta.url), 'utf8');
const validate = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(
  topologySchema(TYPES) as object,
);
const fits = (text: string): boolean => validate(parse(text));

test('the documented example fits the schema', () => {
  fits(SHOP);
  expect(validate.errors).toBeNull();
});

const component = (fields: string) => `{stack: s, components: {a: ${fields}}}`;
const link = (fields: string) => `{stack: s, components: {a: {type: agent}}, links: [${fields}]}`;

test.each([
  component('{type: agent}'),
  component('{type: redis, is_external: true, stack: other}'),
  component(
    '{type: redis, host: {env: H}, prefixes: {p: {match: x}}, protected: true, approval: writes, blast_radius: 5}',
  ),
  link('{from: a, to: a, type: depends_on, access: read}'),
  link('{from: a, to: a, type: queries, databases: [x]}'),
  link('{from: a, to: a, type: queries, databases: {x: {schemas: [public]}, y: null}}'),
  '{$schema: x, stack: s, groups: {g: null}, components: {a: {type: agent, group: g}}, links: null}',
])('takes %s', (text) => {
  fits(text);
  expect(validate.errors).toBeNull();
});

test.each([
  '{stack: s}',
  '{stack: s, components: {}}',
  '{stack: s, components: {a: {type: agent}}, other: 1}',
  '{stack: s, components: {stack: {type: agent}}}',
  '{stack: s, components: {"A b": {type: agent}}}',
  component('{title: x}'),
  component('{type: nope}'),
  component('{type: agent, host: h}'),
  component('{type: agent, stack: other}'),
  component('{type: redis}'),
  component('{type: redis, is_external: true, host: h}'),
  component('{type: redis, host: {evn: H}}'),
  component('{type: redis, host: h, credentials: {password: hunter2}}'),
  component('{type: postgresql, host: h, credentials: {user: u, password: {env: P}}}'),
  component(
    '{type: postgresql, host: h, credentials: {user: u, password: {env: P}}, databases: {"a b": {}}}',
  ),
  component('{type: agent, approval: always}'),
  link('{from: a, to: a}'),
  link('{from: a, to: a, type: nope}'),
  link('{from: a, to: a, type: queries, access: write}'),
  link('{from: a, to: a, type: queries, databases: []}'),
  link('{from: a, to: a, type: queries, databases: {x: {host: [h]}}}'),
])('refuses %s', (text) => {
  expect(fits(text)).toBe(false);
});

test('the schema beside the example is the one that the services give', () => {
  const file = readFileSync(new URL('../../topology/topology.schema.json', import.meta.url), 'utf8');
  expect(file).toBe(`${JSON.stringify(topologySchema(drawnTypes(SERVICES)), null, 2)}\n`);
});

test('is the same whatever the order of the types', () => {
  const reversed = new Map([...TYPES].reverse());
  expect(JSON.stringify(topologySchema(reversed))).toBe(JSON.stringify(topologySchema(TYPES)));
});
