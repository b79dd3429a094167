import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { SERVICES } from '../../src/services/index.ts';
import { openStack, type TestStack } from '../harness/stack.ts';
import {
  type AmServer,
  program as alertmanager,
  startAlertmanager,
} from '../services/alertmanager/server.ts';

const DATABASE = 'every_tool';
const PREFIX = 'every-tool:';
const backends = { postgres: inject('postgres'), redis: inject('redis'), prometheus: inject('prometheus') };

let stack: TestStack;
let alerts: AmServer | undefined;
let silence: string | undefined;

const admin = async (database: string, ...statements: string[]) => {
  const { port, user, password } = backends.postgres;
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
};

beforeAll(async () => {
  const { postgres, redis, prometheus } = backends;
  await admin('postgres', `drop database if exists ${DATABASE} with (force)`, `create database ${DATABASE}`);
  await admin(
    DATABASE,
    'create table notes (id int primary key, text text)',
    "insert into notes values (1, 'one')",
  );
  if (redis) {
    const client = createClient({ url: `redis://:${redis.password}@127.0.0.1:${redis.port}` });
    await client.connect();
    await client.set(`${PREFIX}text`, 'one');
    await client.hSet(`${PREFIX}hash`, { a: '1' });
    await client.rPush(`${PREFIX}list`, ['1', '2']);
    await client.sAdd(`${PREFIX}set`, ['1', '2']);
    await client.zAdd(`${PREFIX}scores`, [{ value: 'a', score: 1 }]);
    await client.xAdd(`${PREFIX}stream`, '*', { a: '1' });
    await client.close();
  }
  alerts = alertmanager === undefined ? undefined : await startAlertmanager();
  silence = await alerts?.silence([{ name: 'alertname', value: 'Full' }]);
  stack = await openStack({
    topology: `stack: all
components:
  app: {type: application}
  db:
    type: postgresql
    host: 127.0.0.1
    port: ${postgres.port}
    credentials: {user: {env: PG_USER}, password: {env: PG_PASSWORD}}
    databases: {${DATABASE}: {}}
    tests: {notes: {steps: [{tool: pg_query, args: {sql: select * from notes}}]}}
  cache:
    type: redis
    host: 127.0.0.1
    port: ${redis?.port ?? 1}
    credentials: {password: {env: REDIS_PASSWORD}}
    prefixes: {own: {match: '${PREFIX}'}}
  metrics: {type: prometheus, url: 'http://127.0.0.1:${prometheus?.port ?? 1}'}
  alerts: {type: alertmanager, url: '${alerts?.url ?? 'http://127.0.0.1:1'}'}
links:
  - {from: app, to: alerts, type: operates}
  - {from: app, to: db, type: queries}
  - {from: app, to: cache, type: uses}
  - {from: app, to: metrics, type: observes}
`,
    env: {
      PG_USER: postgres.user,
      PG_PASSWORD: postgres.password,
      REDIS_PASSWORD: redis?.password ?? 'none',
      MCP_DB_WRITE_ACCESS: 'true',
      MCP_CACHE_WRITE_ACCESS: 'true',
      MCP_ALERTS_WRITE_ACCESS: 'true',
    },
  });
});
afterAll(async () => {
  await stack.close();
  await alerts?.stop();
  await admin('postgres', `drop database if exists ${DATABASE} with (force)`);
});

const key = (name: string) => ({ key: `${PREFIX}${name}` });
const PG = { target: `db/${DATABASE}` };
const CALLS: Record<string, Record<string, unknown> | (() => Record<string, unknown>)> = {
  pg_query: { ...PG, sql: 'select * from notes' },
  pg_explain: { ...PG, sql: 'select * from notes' },
  pg_list_databases: {},
  pg_list_tables: PG,
  pg_describe_table: { ...PG, table: 'notes' },
  pg_active_queries: {},
  pg_locks: {},
  pg_top_queries: {},
  pg_health: {},
  pg_execute: { ...PG, sql: "update notes set text = 'two' where id = 1" },
  redis_get: key('text'),
  redis_scan: {},
  redis_type: key('text'),
  redis_hash: key('hash'),
  redis_list: key('list'),
  redis_set_members: key('set'),
  redis_sorted_set: key('scores'),
  redis_stream: key('stream'),
  redis_info: {},
  redis_slowlog: {},
  redis_memory: {},
  redis_clients: {},
  redis_set: { ...key('new'), value: '1' },
  redis_expire: { ...key('text'), ttl_seconds: 600 },
  redis_hash_set: { ...key('hash'), fields: { b: '2' } },
  redis_delete: { keys: [`${PREFIX}new`] },
  prom_query: { expr: 'up' },
  prom_query_range: { expr: 'up', start: '-5m' },
  prom_alerts: {},
  prom_rules: {},
  prom_targets: {},
  prom_metrics: {},
  prom_labels: {},
  prom_series: { metric: 'up' },
  am_alerts: {},
  am_groups: {},
  am_silences: {},
  am_status: {},
  am_receivers: {},
  am_create_silence: {
    matchers: [{ label: 'alertname', value: 'Slow' }],
    duration_minutes: 5,
    reason: 'a test',
  },
  am_expire_silence: () => ({ id: silence }),
  stack_components: {},
  stack_links: {},
  stack_neighbors: { component: 'db' },
  stack_impact: { component: 'db' },
  stack_explain_access: { component: 'db' },
  stack_test: { component: 'db' },
  stack_snapshot: { note: 'a test' },
  stack_versions: {},
  stack_diff: { from: 1 },
  stack_plan_rollback: { to: 1 },
};

/** Services with a part in the topology above; all others are tried by the tests in their own folder. */
const HERE: ReadonlySet<string> = new Set(['postgresql', 'redis', 'prometheus', 'alertmanager', 'stack']);
/** Need a plan and a human's approval, or an agent that requires a diagnosis: tried with rollbacks and with the triage. */
const ELSEWHERE: ReadonlySet<string> = new Set(['stack_rollback', 'stack_propose_action']);
/** Services that share their tools with another are tried in that one's folder. */
const FAMILY: Readonly<Record<string, string>> = { 'kubernetes-workload': 'kubernetes' };
const TOOLS = [...SERVICES.values()].flatMap(({ type, tools }) => tools.map((tool) => ({ type, tool })));

test('every tool of every service is called below, or by the tests of its service', () => {
  const here = TOOLS.filter(({ type }) => HERE.has(type))
    .map(({ tool }) => tool.name)
    .filter((name) => !ELSEWHERE.has(name));
  expect(Object.keys(CALLS).sort()).toEqual(here.sort());
  for (const { type, tool } of TOOLS) {
    if (HERE.has(type)) continue;
    const folder = FAMILY[type] ?? type;
    const file = `/tools/${tool.name.replace(/^[^_]+_/, '').replaceAll('_', '-')}.ts`;
    const isTried = [tool.name, file].some((word) => testsOf(folder).includes(word));
    expect(isTried, `${tool.name} is tried in test/services/${folder}`).toBe(true);
  }
});

const testsOf = (folder: string): string => {
  const at = fileURLToPath(new URL(`../services/${folder}/`, import.meta.url));
  return readdirSync(at)
    .map((file) => readFileSync(`${at}${file}`, 'utf8'))
    .join('\n');
};

const isThere = (name: string) => {
  if (name.startsWith('redis_')) return backends.redis;
  if (name.startsWith('prom_')) return backends.prometheus;
  return name.startsWith('am_') ? alerts : true;
};

test.each(Object.entries(CALLS))(
  '%s answers from the real server in the shape that it advertises',
  async (name, args) => {
    if (!isThere(name)) return;
    const result = await stack.call(name, typeof args === 'function' ? args() : args);
    expect(result.isError, JSON.stringify(result.content)).toBe(false);
    const tool = TOOLS.find((one) => one.tool.name === name)?.tool;
    const parsed = tool?.output.safeParse(result.structuredContent);
    expect(parsed?.error?.issues).toBeUndefined();
    expect(JSON.parse(result.content[0]?.type === 'text' ? result.content[0].text : '')).toEqual(
      result.structuredContent,
    );
  },
);
