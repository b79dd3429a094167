import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clickhouse } from '../../../src/services/clickhouse/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type Lab, openLab } from './lab.ts';
import { program } from './server.ts';

const TARGET = { target: 'olap/shop' };
const CALLS: Record<string, Record<string, unknown>> = {
  clickhouse_query: { ...TARGET, sql: 'select id, kind, tags from events' },
  clickhouse_tables: TARGET,
  clickhouse_describe: { ...TARGET, table: 'events' },
  clickhouse_parts: TARGET,
  clickhouse_running_queries: TARGET,
  clickhouse_insert_keyed: { ...TARGET, table: 'orders', rows: [{ id: 7, note: 'seven' }] },
};
/** 18.16 has no EXPLAIN, and an irreversible write waits for a human, who is not here. */
const ENDS_OTHERWISE: Record<string, [args: Record<string, unknown>, code: string]> = {
  clickhouse_explain: [{ ...TARGET, sql: 'select 1' }, 'query_failed'],
  clickhouse_insert: [{ ...TARGET, table: 'orders', rows: [{ id: 8 }] }, 'approval_required'],
};

describe.skipIf(!program)('ClickHouse through the whole pipeline', () => {
  let lab: Lab;
  let stack: TestStack;
  beforeAll(async () => {
    lab = await openLab();
    stack = await openStack({
      topology: `stack: all
components:
  app: {type: application}
  triage: {type: agent}
  looker: {type: agent}
  olap:
    type: clickhouse
    url: '${lab.server.url}'
    credentials: {user: {env: CH_USER}, password: {env: CH_PASSWORD}}
    databases: {shop: {keys: {orders: id}}, bare: {}}
links:
  - {from: app, to: olap, type: queries}
  - {from: triage, to: olap, type: operates, databases: {shop: {tables: [orders]}}}
  - {from: looker, to: olap, type: observes}
`,
      env: {
        CH_USER: lab.server.user,
        CH_PASSWORD: lab.server.password,
        MCP_OLAP_WRITE_ACCESS: 'true',
      },
    });
  });
  afterAll(async () => {
    await stack?.close();
    await lab?.close();
  });

  test('every tool is tried here', () => {
    const tried = [...Object.keys(CALLS), ...Object.keys(ENDS_OTHERWISE)].sort();
    expect(tried).toEqual(clickhouse.tools.map(({ name }) => name).sort());
  });

  test.each(Object.entries(CALLS))('%s answers in the shape that it advertises', async (name, args) => {
    const result = await stack.call(name, args);
    expect(result.isError, JSON.stringify(result.content)).toBe(false);
    const tool = clickhouse.tools.find((one) => one.name === name);
    expect(tool?.output.safeParse(result.structuredContent).error?.issues).toBeUndefined();
  });

  test.each(Object.entries(ENDS_OTHERWISE))('%s ends as it has to here', async (name, [args, code]) => {
    const result = await stack.call(name, args);
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result)).toContain(code);
  });

  test('a principal without writes has no insert, and a narrowed one reaches its table alone', async () => {
    expect(stack.tools('looker').filter((name) => name.includes('insert'))).toEqual([]);
    const outside = await stack.call('clickhouse_query', { sql: 'select 1 from events' }, { as: 'triage' });
    expect(JSON.stringify(outside)).toContain('query_refused');
    const inside = await stack.call(
      'clickhouse_query',
      { sql: 'select count() from orders' },
      { as: 'triage' },
    );
    expect(inside.isError).toBe(false);
  });
});
