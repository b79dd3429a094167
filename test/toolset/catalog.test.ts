import { afterEach, expect, test } from 'vitest';
import { buildCatalog } from '../../src/toolset/catalog.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { type Lab, openLab } from '../call/lab.ts';

const labs: Lab[] = [];
afterEach(() => Promise.all(labs.splice(0).map((one) => one.close())));

const ACCESS = 'host: h, credentials: {user: {env: U}, password: {env: P}}';
const ON = { MCP_STORE_WRITE_ACCESS: 'true' };

/** The catalog of a topology of probes, `stack`'s unless another is named. */
async function catalogOf(
  components: string,
  links: string,
  { env = ON, as = 'stack' }: { env?: Record<string, string>; as?: string } = {},
) {
  const lab = await openLab({
    topology: `stack: lab\ncomponents:\n  app: {type: agent}\n  other: {type: agent}\n${components}\nlinks:\n${links}\n`,
  });
  labs.push(lab);
  const catalog = buildCatalog(lab.catalogs.graph(), lab.services, flagsFrom(env), as);
  const targets = (tool: string) => [...(catalog.tools.get(tool)?.targets.keys() ?? [])];
  const scope = (tool: string, target: string) => catalog.tools.get(tool)?.targets.get(target)?.target.scope;
  const listed = (tool: string) => catalog.list.find(({ name }) => name === tool);
  return { catalog, targets, scope, listed };
}

const STORE = `  store: {type: probe, ${ACCESS}, drawers: {a: {}, b: {}}}`;
const link = (more = '', from = 'app') => `  - {from: ${from}, to: store, type: uses${more}}`;

test('a link makes tools; each principal sees its own, the stack’s client all', async () => {
  const links = [link(', drawers: [a]'), link(', drawers: [b]', 'other')].join('\n');
  expect((await catalogOf(STORE, links, { as: 'app' })).targets('probe_read')).toEqual(['store/a']);
  expect((await catalogOf(STORE, links, { as: 'other' })).targets('probe_read')).toEqual(['store/b']);
  expect((await catalogOf(STORE, links)).targets('probe_read')).toEqual(['store/a', 'store/b']);
});

test('no link, no tool but the stack’s own', async () => {
  const { catalog } = await catalogOf(STORE, '  []', {});
  expect(catalog.list.map(({ name }) => name).every((name) => name.startsWith('stack_'))).toBe(true);
  expect(catalog.list.length).toBeGreaterThan(0);
});

test('narrowed links are united, and never wider than the component', async () => {
  const links = [link(', drawers: {a: {rows: [r1]}}'), link(', drawers: {a: {rows: [r3]}}', 'other')].join(
    '\n',
  );
  const { scope, targets } = await catalogOf(STORE, links);
  expect(targets('probe_read')).toEqual(['store/a']);
  expect(scope('probe_read', 'store/a')).toEqual({ rows: ['r1', 'r3'] });
});

test('a write reaches only what a link without a cap names, whatever other links read', async () => {
  const links = [
    link(', drawers: {a: {rows: [r1]}}'),
    link(', access: read, drawers: {a: {rows: [r2, r3]}, b: {}}', 'other'),
  ].join('\n');
  const { scope, targets, catalog } = await catalogOf(STORE, links);
  expect(scope('probe_read', 'store/a')).toEqual({ rows: ['r1', 'r2', 'r3'] });
  expect(targets('probe_write')).toEqual(['store/a']);
  expect(scope('probe_write', 'store/a')).toEqual({ rows: ['r1'] });
  const reach = catalog.tools.get('probe_write')?.targets.get('store/a')?.target.reach;
  expect([...(reach ?? [])]).toEqual([['a', { rows: ['r1'] }]]);
});

test.each([
  ['the link says access: read', link(', access: read'), STORE, ON],
  ['its type reads only', '  - {from: app, to: store, type: looks}', STORE, ON],
  ['the component is protected', link(), STORE.replace('{type', '{protected: true, type'), ON],
  ['no flag is set', link(), STORE, {}],
  ['the flag says TRUE', link(), STORE, { MCP_STORE_WRITE_ACCESS: 'TRUE' }],
  ['the flag is another’s', link(), STORE, { MCP_STORES_WRITE_ACCESS: 'true' }],
])('writes are absent and reads stay when %s', async (_name, links, components, env) => {
  const { targets } = await catalogOf(components, links, { env: { ...env } });
  expect(targets('probe_write')).toEqual([]);
  expect(targets('probe_read')).toEqual(['store/a', 'store/b']);
});

test('the narrower flag wins, both ways', async () => {
  const off = { MCP_STORE_WRITE_ACCESS: 'true', MCP_STORE__A_WRITE_ACCESS: 'false' };
  expect((await catalogOf(STORE, link(), { env: off })).targets('probe_write')).toEqual(['store/b']);
  const on = { MCP_STORE__A_WRITE_ACCESS: 'true' };
  expect((await catalogOf(STORE, link(), { env: on })).targets('probe_write')).toEqual(['store/a']);
});

test('an external component yields no tool', async () => {
  const external = '  store: {type: probe, is_external: true, stack: finance}';
  const { catalog } = await catalogOf(external, '  - {from: app, to: store, type: uses}');
  expect(catalog.tools.has('probe_read')).toBe(false);
});

test('several targets are an enum that the call has to name; a single one may be left out', async () => {
  const two = (await catalogOf(STORE, link())).listed('probe_read')?.inputSchema;
  expect(two).toMatchObject({
    required: ['target'],
    properties: { target: { enum: ['store/a', 'store/b'] } },
  });
  const one = (await catalogOf(STORE, link(', drawers: [a]'))).listed('probe_read')?.inputSchema;
  expect(one?.required).toEqual([]);
  expect(one).toMatchObject({ properties: { target: { enum: ['store/a'], default: 'store/a' } } });
});

test.each([
  [40, true],
  [41, false],
])('%d targets: enum %s', async (count, isEnum) => {
  const drawers = Array.from({ length: count }, (_, n) => `d${n}: {}`).join(', ');
  const { listed, targets } = await catalogOf(
    `  store: {type: probe, ${ACCESS}, drawers: {${drawers}}}`,
    link(),
  );
  expect(targets('probe_read')).toHaveLength(count);
  const schema = JSON.stringify(listed('probe_read')?.inputSchema);
  expect(schema.includes('"enum"')).toBe(isEnum);
  expect(schema.includes('stack_components')).toBe(!isEnum);
});
