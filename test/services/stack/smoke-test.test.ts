import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { unmet } from '../../../src/services/stack/expectation.ts';
import { Expectation } from '../../../src/topology/smoke-test.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { auditRecords } from '../../server/stackward.ts';

const DATABASE = 'smoke_tests';

const topology = (port: number) => `stack: shop
components:
  app: {type: application}
  triage: {type: agent}
  idle: {type: agent}
  db:
    type: postgresql
    host: 127.0.0.1
    port: ${port}
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {${DATABASE}: {}}
    tests:
      notes-are-there:
        steps:
          - tool: pg_query
            args: {sql: "select count(*) as n, min(text) as first from notes"}
            expect:
              - {at: rows.0.0, at_least: 2}
              - {at: rows.*.1, contains: one}
      too-many-wanted:
        steps:
          - {tool: pg_query, args: {sql: select id from notes}, expect: [{at: rows, items_at_least: 50}]}
          - {tool: pg_query, args: {sql: select 1}}
      round-trip:
        description: writes a row that no other run has, and finds it
        steps:
          - {tool: pg_execute, args: {sql: "insert into notes (id, text) values (100, '{nonce}')"}}
          - tool: pg_query
            args: {sql: "select text from notes where text = '{nonce}'"}
            expect: [{at: rows.0.0, contains: "{nonce}"}, {at: rows, items_at_most: 1}]
      broken-query:
        steps: [{tool: pg_query, args: {sql: select 1 / (id - 1) from notes}}]
links:
  - {from: app, to: db, type: queries}
  - {from: triage, to: db, type: queries, access: read}
`;

let stack: TestStack;
const admin = async (database: string, ...statements: string[]) => {
  const { port, user, password } = inject('postgres');
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  const results = [];
  for (const statement of statements) results.push(await client.query(statement));
  await client.end();
  return results.at(-1)?.rows;
};

const open = (env: Record<string, string> = {}) => {
  const { port, user, password } = inject('postgres');
  return openStack({ topology: topology(port), env: { DB_USER: user, DB_PASSWORD: password, ...env } });
};
beforeAll(async () => {
  await admin('postgres', `drop database if exists ${DATABASE} with (force)`, `create database ${DATABASE}`);
  await admin(
    DATABASE,
    'create table notes (id int primary key, text text)',
    "insert into notes values (1, 'number one'), (2, 'number two')",
  );
  stack = await open();
});
afterAll(async () => {
  await stack.close();
  await admin('postgres', `drop database if exists ${DATABASE} with (force)`);
});

const runIn = async (on: TestStack, name: string, as?: string) => {
  const args = { component: 'db', test: name };
  return (await on.call('stack_test', args, as === undefined ? {} : { as })).structuredContent;
};
const target = `db/${DATABASE}`;

describe('declared smoke tests, on a real database', () => {
  test('one that holds passes, and says what it called', async () => {
    expect(await runIn(stack, 'notes-are-there')).toMatchObject({
      passed: true,
      tests: [{ outcome: 'passed', steps: [{ tool: 'pg_query', target, outcome: 'passed' }] }],
    });
  });

  test('one that does not says which place is what, and goes no further', async () => {
    expect(await runIn(stack, 'too-many-wanted')).toMatchObject({
      passed: false,
      tests: [
        {
          outcome: 'failed',
          steps: [
            { outcome: 'failed', detail: expect.stringMatching(/^rows is .* items_at_least wants 50$/) },
          ],
        },
      ],
    });
    const ran = (await runIn(stack, 'too-many-wanted')) as { tests: { steps: unknown[] }[] };
    expect(ran.tests[0]?.steps).toHaveLength(1);
  });

  test('a query that the database rejects is an error, not a failure of the expectation', async () => {
    expect(await runIn(stack, 'broken-query')).toMatchObject({
      tests: [{ outcome: 'error', steps: [{ detail: expect.stringContaining('query_failed') }] }],
    });
  });

  test('a step that writes is refused while its flag is off, and nothing is written', async () => {
    expect(await runIn(stack, 'round-trip')).toMatchObject({
      passed: false,
      tests: [{ outcome: 'refused', steps: [{ detail: expect.stringContaining('MCP_DB_WRITE_ACCESS') }] }],
    });
    expect(await admin(DATABASE, 'select * from notes where id = 100')).toEqual([]);
  });

  test('with the flag on a round trip finds the very row that it wrote', async () => {
    const writing = await open({ MCP_DB_WRITE_ACCESS: 'true' });
    try {
      expect(await runIn(writing, 'round-trip')).toMatchObject({ passed: true });
      expect(await admin(DATABASE, 'delete from notes where id = 100 returning text')).toEqual([
        { text: expect.stringMatching(/^sw[0-9a-f]{12}$/) },
      ]);
    } finally {
      await writing.close();
    }
  });

  test('a cap on the link of the one who asks holds for the steps too', async () => {
    const writing = await open({ MCP_DB_WRITE_ACCESS: 'true' });
    try {
      expect(await runIn(writing, 'round-trip', 'triage')).toMatchObject({ tests: [{ outcome: 'refused' }] });
      expect(await runIn(writing, 'notes-are-there', 'idle')).toMatchObject({
        tests: [{ outcome: 'refused' }],
      });
      expect(await admin(DATABASE, 'select * from notes where id = 100')).toEqual([]);
    } finally {
      await writing.close();
    }
  });

  test('each step is a call of its own in the audit, tied to the one that made it', async () => {
    const own = await open();
    const ran = await own.call('stack_test', { component: 'db', test: 'notes-are-there' });
    await own.stackward.close();
    const [outer, inner] = (await auditRecords(own)).filter((one) => one.kind === 'request');
    expect(outer).toMatchObject({ message: { params: { name: 'stack_test' } } });
    expect(inner).toMatchObject({
      message: {
        params: {
          name: 'pg_query',
          _meta: { 'stackward.dev/via': outer?.kind === 'request' ? outer.call : '' },
        },
      },
    });
    expect(ran.structuredContent).toMatchObject({
      tests: [{ steps: [{ call: inner?.kind === 'request' ? inner.call : '' }] }],
    });
  });

  test.each([
    [{ component: 'nobody' }, 'no component'],
    [{ component: 'app' }, 'declares no tests for app'],
    [{ component: 'db', test: 'nothing' }, 'it has: notes-are-there'],
  ])('%j is told what there is', async (args, says) => {
    const { content } = await stack.call('stack_test', args);
    expect(content[0]?.type === 'text' && content[0].text).toContain(says);
  });
});

describe('expectations', () => {
  const RESULT = {
    rows: [
      { n: '12', word: 'a' },
      { n: 3, word: 'b' },
    ],
    ok: true,
    gone: null,
  };
  test.each([
    [{ at: 'ok', equals: true }],
    [{ at: 'gone', equals: null }],
    [{ at: 'rows', items_at_least: 2, items_at_most: 2 }],
    [{ at: 'rows.0.n', at_least: 12, at_most: 12 }],
    [{ at: 'rows.*.word', equals: 'b' }],
    [{ at: 'rows.1.word', one_of: ['a', 'b'] }],
  ])('%j is met', (expectation) => {
    expect(unmet(RESULT, Expectation.parse(expectation))).toBeUndefined();
  });

  test.each([
    [{ at: 'missing', equals: null }, 'missing is not there'],
    [{ at: 'rows.2.n', at_least: 0 }, 'rows.2.n is not there'],
    [{ at: 'rows.length', at_least: 0 }, 'rows.length'],
    [{ at: 'constructor.name', contains: 'O' }, 'is not there'],
    [{ at: 'rows.0.n', equals: 12 }, 'rows.0.n is "12", and equals wants 12'],
    [{ at: 'rows.*.word', equals: 'c' }, 'none of the 2 values'],
    [{ at: 'rows.0.word', at_least: 0 }, 'at_least wants 0'],
    [{ at: 'ok', contains: 'true' }, 'contains wants "true"'],
    [{ at: 'rows', items_at_most: 1 }, 'items_at_most wants 1'],
  ])('%j is not, and says what is there', (expectation, says) => {
    expect(unmet(RESULT, Expectation.parse(expectation))).toContain(says);
  });

  test.each([{ at: 'a' }, { at: '', equals: 1 }, { at: 'a..b', equals: 1 }, { at: 'a', equal: 1 }])(
    '%j is no expectation',
    (wrong) => {
      expect(Expectation.safeParse(wrong).success).toBe(false);
    },
  );
});
