import fc from 'fast-check';
import pg from 'pg';
import { inject } from 'vitest';
import { Chance, makeTable, PREPARATION, randomWrite } from '../../../services/postgresql/random-table.ts';
import { caseOf, defineLab, fresh, topologyOf } from '../lab.ts';

const access = inject('postgres');
const DATABASE = `way_back_${process.pid}`;

const connect = async (database: string) => {
  const { port, user, password } = access;
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  return client;
};

async function inPostgres(sql: string): Promise<void> {
  const client = await connect('postgres');
  await client.query(sql);
  await client.end();
}

interface Row {
  readonly id: number;
  readonly touched: number;
  /** The whole row as PostgreSQL writes it. */
  readonly row: string;
}

export const postgresql = defineLab<pg.Client>({
  name: 'PostgreSQL',
  async start() {
    await inPostgres(`drop database if exists ${DATABASE} with (force)`);
    await inPostgres(`create database ${DATABASE}`);
    const client = await connect(DATABASE);
    await client.query(PREPARATION);
    return client;
  },
  async stop(client) {
    await client.end();
    await inPostgres(`drop database if exists ${DATABASE} with (force)`);
  },
  stackOver: () => ({
    topology: topologyOf(
      'db',
      `type: postgresql, host: 127.0.0.1, port: ${access.port}, credentials: {user: {env: U}, password: {env: P}}, databases: {${DATABASE}: {}}`,
      'queries',
    ),
    env: { U: access.user, P: access.password, MCP_DB_WRITE_ACCESS: 'true' },
  }),
  cases: {
    pg_execute: caseOf(fc.integer({ min: 0 }), async (client, seed) => {
      const chance = new Chance(seed);
      const table = await makeTable((sql) => client.query(sql), chance, fresh());
      for (let id = 1; id <= 8; id += 1) await client.query(table.rowFrom(chance, id));
      // Row 4 or 50 is touched by whatever is written; a copy of it can come back with the same key.
      await client.query(`create temp table ${copy(table.name)} as select * from ${table.name} where id = 4`);
      const sql = randomWrite(chance, table);
      const rows = async (where: string) => {
        const query = `select id, touched, x::text as row from ${table.name} x where ${where} order by id`;
        return (await client.query<Row>(query)).rows;
      };
      return {
        args: { sql },
        read: async () => ({ own: await rows('id < 900'), others: await rows('id >= 900') }),
        beside: () => client.query(table.rowFrom(chance, 900)),
        interfere: async () => {
          if (!sql.startsWith('delete'))
            return client.query(`update ${table.name} set touched = 77 where id in (4, 50)`);
          const { rows: columns } = await client.query<{ names: string }>(
            `select string_agg(quote_ident(attname), ', ' order by attnum) as names from pg_attribute
             where attrelid = $1::regclass and attnum > 0 and attgenerated = ''`,
            [table.name],
          );
          const names = columns[0]?.names ?? '';
          return client.query(
            `insert into ${table.name} (${names}) overriding system value select ${names} from ${copy(table.name)}`,
          );
        },
        // What an insert takes from a sequence or makes up is another value the second time.
        alike: (own) => (own as Row[]).map(({ id, touched }) => ({ id, touched })),
      };
    }),
  },
});

const copy = (table: string): string => `"copy of ${table.slice(1)}`;
