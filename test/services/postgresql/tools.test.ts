import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { activeQueries } from '../../../src/services/postgresql/tools/active-queries.ts';
import { describeTable } from '../../../src/services/postgresql/tools/describe-table.ts';
import { health } from '../../../src/services/postgresql/tools/health.ts';
import { listDatabases } from '../../../src/services/postgresql/tools/list-databases.ts';
import { listTables } from '../../../src/services/postgresql/tools/list-tables.ts';
import { locks } from '../../../src/services/postgresql/tools/locks.ts';
import { topQueries } from '../../../src/services/postgresql/tools/top-queries.ts';
import type { Pg } from '../../../src/services/postgresql/types.ts';
import type { Limits, ReadTool } from '../../../src/toolset/define.ts';
import { openWriteLab, type WriteLab } from '../../attacks/fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(`
    create table lines (order_id int references orders on delete cascade, place int, amount numeric(8,3) not null default 1.5,
      twice numeric generated always as (amount * 2) stored, seller int references private.salaries,
      primary key (order_id, place), constraint few check (amount < 100), unique (seller, place));
    comment on table lines is 'What was ordered'; comment on column lines.amount is 'In pieces';
    create index lines_amount on lines (amount) where amount > 10;
    create table visits (at date, n int) partition by range (at);
    create table visits_24 partition of visits for values from ('2024-01-01') to ('2025-01-01');
    create view "odd.name_%" as select id from customers;
    create materialized view totals as select count(*) from orders;
    analyze customers;
    create table rotten (n int); insert into rotten select generate_series(1, 5000); delete from rotten;
  `);
});
afterAll(() => lab.close());

type Options = { schemas?: readonly string[]; limits?: Partial<Limits> };

/** Runs a reading tool as the pipeline would: arguments and result go through its schemas. */
async function call<P extends z.ZodObject, O extends z.ZodObject>(
  tool: ReadTool<Pg, P, O>,
  args: z.input<P>,
  { schemas, limits }: Options = {},
): Promise<z.output<O>> {
  return tool.output.parse(await tool.run(lab.reading(schemas, limits), tool.params.parse(args)));
}

describe('pg_list_databases', () => {
  test('shows the linked databases alone, with those that the server does not have', async () => {
    const context = lab.reading();
    const reach = new Map([
      [lab.database, { schemas: ['public'] }],
      ['gone_away', { schemas: ['a', 'b'] }],
    ]);
    const answer = await listDatabases.run({ ...context, target: { ...context.target, reach } }, {});
    const { databases } = listDatabases.output.parse(answer);
    expect(databases).toEqual([
      {
        name: lab.database,
        exists: true,
        reachable: true,
        size_bytes: expect.any(Number),
        encoding: 'UTF8',
        collation: expect.any(String),
        schemas: ['public'],
      },
      {
        name: 'gone_away',
        exists: false,
        reachable: false,
        size_bytes: null,
        encoding: null,
        collation: null,
        schemas: ['a', 'b'],
      },
    ]);
    expect(databases[0]?.size_bytes).toBeGreaterThan(1_000_000);
  });
});

describe('pg_list_tables', () => {
  test('shows what the schemas of the link hold, and nothing else', async () => {
    const { tables } = await call(listTables, {});
    expect(tables.map(({ name, kind }) => [name, kind])).toEqual([
      ['customers', 'table'],
      ['keyless', 'table'],
      ['lines', 'table'],
      ['odd.name_%', 'view'],
      ['orders', 'table'],
      ['rotten', 'table'],
      ['totals', 'materialized_view'],
      ['visits', 'partitioned_table'],
    ]);
    expect(tables[0]).toMatchObject({ estimated_rows: 20, size_bytes: expect.any(Number), comment: null });
    expect(tables[2]).toMatchObject({ estimated_rows: null, comment: 'What was ordered' });
  });

  test('shows partitions when asked for', async () => {
    const { tables } = await call(listTables, { kinds: ['partition'] });
    expect(tables).toMatchObject([{ name: 'visits_24', kind: 'partition', partition_of: 'public.visits' }]);
  });

  test.each([
    ['_%', ['odd.name_%']],
    ['CUST', ['customers']],
    ['%', ['odd.name_%']],
    ['.*', []],
  ])('takes the pattern %s by its letter', async (pattern, expected) => {
    const { tables } = await call(listTables, { pattern });
    expect(tables.map(({ name }) => name)).toEqual(expected);
  });

  test('knows no schema that the link does not reach', async () => {
    await expect(call(listTables, { schema: 'private' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(call(listTables, { schema: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' });
    const { tables } = await call(listTables, { schema: 'private' }, { schemas: ['public', 'private'] });
    expect(tables.map(({ name }) => name)).toEqual(['salaries']);
  });

  test('says when there are more than the limit lets through', async () => {
    const answer = await call(listTables, {}, { limits: { rows: 3 } });
    expect(answer.tables).toHaveLength(3);
    expect(answer).toMatchObject({ truncated: true, hint: expect.stringContaining('pattern') });
  });
});

describe('pg_describe_table', () => {
  test('shows columns, keys, checks and indexes', async () => {
    const table = await call(describeTable, { table: 'lines' });
    expect(table).toMatchObject({
      schema: 'public',
      name: 'lines',
      kind: 'table',
      comment: 'What was ordered',
    });
    expect(table.columns).toEqual([
      {
        name: 'order_id',
        type: 'integer',
        nullable: false,
        default: null,
        generated_as: null,
        identity: null,
        comment: null,
      },
      {
        name: 'place',
        type: 'integer',
        nullable: false,
        default: null,
        generated_as: null,
        identity: null,
        comment: null,
      },
      {
        name: 'amount',
        type: 'numeric(8,3)',
        nullable: false,
        default: '1.5',
        generated_as: null,
        identity: null,
        comment: 'In pieces',
      },
      {
        name: 'twice',
        type: 'numeric',
        nullable: true,
        default: null,
        generated_as: expect.stringContaining('amount *'),
        identity: null,
        comment: null,
      },
      {
        name: 'seller',
        type: 'integer',
        nullable: true,
        default: null,
        generated_as: null,
        identity: null,
        comment: null,
      },
    ]);
    expect(table.constraints.map(({ name, kind, columns }) => [name, kind, columns])).toEqual([
      ['lines_seller_place_key', 'unique', ['seller', 'place']],
      ['lines_pkey', 'primary_key', ['order_id', 'place']],
      ['lines_order_id_fkey', 'foreign_key', ['order_id']],
      ['lines_seller_fkey', 'foreign_key', ['seller']],
      ['few', 'check', ['amount']],
    ]);
    expect(table.indexes.find(({ name }) => name === 'lines_amount')).toMatchObject({
      unique: false,
      valid: true,
      definition: expect.stringContaining('WHERE (amount >'),
    });
  });

  test('does not say where a key leads that leaves the reached schemas', async () => {
    const table = await call(describeTable, { table: 'public.lines' });
    expect(table.constraints.find(({ name }) => name === 'lines_seller_fkey')?.definition).toBeNull();
    expect(JSON.stringify(table)).not.toContain('salaries');
    const wide = await call(describeTable, { table: 'public.lines' }, { schemas: ['public', 'private'] });
    expect(JSON.stringify(wide)).toContain('private.salaries');
  });

  test('shows who refers to it, identity and partitioning', async () => {
    const orders = await call(describeTable, { table: 'orders' });
    expect(orders.columns[0]?.identity).toBe('by_default');
    expect(orders.referenced_by).toMatchObject([{ name: 'lines_order_id_fkey', table: 'public.lines' }]);
    expect(await call(describeTable, { table: 'visits' })).toMatchObject({
      kind: 'partitioned_table',
      partition_key: 'RANGE (at)',
    });
    expect((await call(describeTable, { table: 'visits_24' })).partition_bound).toContain('2024-01-01');
  });

  test('takes a quoted name', async () => {
    expect(await call(describeTable, { table: 'public."odd.name_%"' })).toMatchObject({
      name: 'odd.name_%',
      kind: 'view',
    });
  });

  test.each(['salaries', 'private.salaries', 'private.nothing', 'pg_catalog.pg_class', 'customers_pkey'])(
    'does not tell %s from a table that is not there',
    async (table) => {
      const answer = await call(describeTable, { table }).catch((error: unknown) => error);
      const absent = await call(describeTable, { table: 'nothing' }).catch((error: unknown) => error);
      expect(String(answer).replaceAll(table, 'nothing')).toBe(String(absent));
      expect(String(absent)).toContain('not_found');
    },
  );

  test.each(['a.b.c', '""', '.'])('says that %s is no name', async (table) => {
    await expect(call(describeTable, { table })).rejects.toMatchObject({ code: 'invalid_arguments' });
  });
});

describe('pg_active_queries and pg_locks', () => {
  test('show who waits for whom in this database alone', async () => {
    const elsewhere = await openWriteLab();
    const foreign = await elsewhere.session();
    await foreign.query("begin; select 'of another database'");
    const [root, middle, leaf] = [await lab.session(), await lab.session(), await lab.session()];
    const pidOf = async (client: typeof root) =>
      (await client.query('select pg_backend_pid() as pid')).rows[0].pid as number;
    const pids = [await pidOf(root), await pidOf(middle), await pidOf(leaf)] as const;
    await root.query('begin; update customers set name = name where id = 1');
    await middle.query('begin; update customers set name = name where id = 2');
    const waits = [
      middle.query(`update customers set name = name where id = 1 -- ${'x'.repeat(600)}`),
      leaf.query('update customers set name = name where id = 2'),
    ];
    await expect.poll(async () => (await call(locks, {})).sessions.length).toBe(3);

    const { sessions } = await call(locks, {});
    expect(sessions.map(({ pid, depth, blocks, blocked_by }) => [pid, depth, blocks, blocked_by])).toEqual([
      [pids[0], 0, 2, []],
      [pids[1], 1, 1, [pids[0]]],
      [pids[2], 2, 0, [pids[1]]],
    ]);
    expect(sessions[0]).toMatchObject({ state: 'idle in transaction' });
    expect(sessions[1]?.lock_mode).toMatch(/Lock$/);

    const { sessions: active } = await call(activeQueries, {});
    expect(active.find(({ pid }) => pid === pids[1])).toMatchObject({
      state: 'active',
      wait_event_type: 'Lock',
      blocked_by: [pids[0]],
      query_cut: true,
    });
    expect(active.find(({ pid }) => pid === pids[1])?.query).toHaveLength(500);
    expect(JSON.stringify(await call(activeQueries, { include_idle: true }))).not.toContain(
      'of another database',
    );
    expect((await call(activeQueries, { min_seconds: 3600 })).sessions).toEqual([]);

    await root.query('rollback');
    await waits[0];
    await middle.query('rollback');
    await waits[1];
    await elsewhere.close();
    expect((await call(locks, {})).sessions).toEqual([]);
  });
});

describe('pg_top_queries', () => {
  test('says how to install what it needs, then shows the queries of this database', async () => {
    const missing = await call(topQueries, {});
    expect(missing).toMatchObject({
      available: false,
      queries: [],
      hint: expect.stringContaining('CREATE EXTENSION'),
    });

    await lab.admin.query(
      'create schema "Odd Place"; create extension pg_stat_statements schema "Odd Place"',
    );
    const elsewhere = await openWriteLab();
    await elsewhere.admin.query('select 4711 as other_database_query');
    for (let n = 0; n < 3; n += 1) await lab.admin.query('select 42 as this_database_query');
    const { available, queries } = await call(topQueries, { order_by: 'calls', limit: 100 });
    expect(available).toBe(true);
    const own = queries.find(({ query }) => query?.includes('this_database_query'));
    expect(own).toMatchObject({
      query: 'select $1 as this_database_query',
      calls: 3,
      rows: 3,
      total_ms: expect.any(Number),
    });
    expect(JSON.stringify(queries)).not.toContain('other_database_query');
    expect(queries.map(({ calls }) => calls)).toEqual(
      queries.map(({ calls }) => calls).sort((a, b) => b - a),
    );
    expect((await call(topQueries, { limit: 2 })).queries).toHaveLength(2);
    await elsewhere.close();
  });
});

describe('pg_health', () => {
  test('tells of server and database, and warns of what needs care', async () => {
    await lab.admin.query('select pg_stat_force_next_flush()');
    await expect
      .poll(async () => (await call(health, {})).dead_rows, { timeout: 10_000 })
      .toMatchObject([{ table: 'public.rotten', dead_rows: 5000 }]);
    const found = await call(health, {});
    expect(found.server).toMatchObject({
      version: expect.stringMatching(/^\d/),
      is_standby: false,
      connections_max: 200,
      standbys: 0,
    });
    expect(found.server.connections_used).toBeGreaterThan(0);
    expect(found.database.cache_hit_ratio).toBeGreaterThan(0);
    expect(found.database.oldest_xid_age).toBeGreaterThan(0);
    expect(found.warnings).toContain('many dead rows: public.rotten');
    expect(found.warnings.join()).toContain('SUPERUSER');
  });

  test('names open transactions', async () => {
    const client = await lab.session();
    await client.query("set application_name = 'forgotten'; begin; select 1");
    const { oldest_transactions } = await call(health, {});
    expect(oldest_transactions[0]).toMatchObject({ application: 'forgotten', state: 'idle in transaction' });
    await client.query('rollback');
  });
});
