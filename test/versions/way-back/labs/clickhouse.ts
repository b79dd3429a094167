import fc from 'fast-check';
import { type ClickHouse, program, startClickHouse } from '../../../services/clickhouse/server.ts';
import { type Case, caseOf, defineLab, topologyOf } from '../lab.ts';

const TABLES = [
  'CREATE DATABASE shop',
  `CREATE TABLE shop.numbered (id UInt64, note String DEFAULT 'none', tags Array(String), price Nullable(Float64),
    at DateTime, double UInt64 MATERIALIZED id * 2) ENGINE = MergeTree ORDER BY id`,
  'CREATE TABLE shop.named (id String, n Int64) ENGINE = MergeTree ORDER BY id',
];

const note = fc.constantFrom('', 'o’clock', "it's", 'back\\slash', 'ü ✓ 𝄞', 'line\nbreak', '\\N', '"q"');
const row = fc.record({
  note,
  tags: fc.array(note, { maxLength: 3 }),
  price: fc.constantFrom(null, 0.1, -1e300, 0),
  at: fc.constantFrom('2024-02-29 01:30:00', '1999-12-31 23:59:59'),
});

let ids = 18_000_000_000_000_000_000n;

/** All rows of a table whose key is one of the scene's, and all others, as the server writes them. */
async function readAll({ run }: ClickHouse, table: string, keys: readonly string[]) {
  const listed = keys.map((key) => `'${key.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(', ');
  const rows = async (how: string) => {
    const text = await run(
      `SELECT * FROM shop.${table} WHERE toString(id) ${how} (${listed}) FORMAT TabSeparated`,
    );
    return text.split('\n').sort();
  };
  return { own: await rows('IN'), others: await rows('NOT IN') };
}

const inserted = <Row extends object>(
  table: string,
  rows: fc.Arbitrary<Row[]>,
  key: () => string,
): Case<ClickHouse> =>
  caseOf(rows, async (server, given) => {
    const keyed = given.map((one) => ({ id: key(), ...one }));
    const keys = keyed.map(({ id }) => id);
    const insert = (one: object) =>
      server.run(`INSERT INTO shop.${table} FORMAT JSONEachRow ${JSON.stringify(one)}`);
    return {
      args: { target: 'olap/shop', table, rows: keyed },
      read: () => readAll(server, table, keys),
      beside: () => insert({ id: key() }),
      interfere: () => insert({ id: keys[0] }),
    };
  });

export const clickhouse = defineLab<ClickHouse>({
  name: 'ClickHouse',
  isThere: program !== undefined,
  async start() {
    const server = await startClickHouse();
    for (const statement of TABLES) await server.run(statement);
    return server;
  },
  stop: (server) => server.stop(),
  stackOver: ({ url, user, password }) => ({
    topology: topologyOf(
      'olap',
      `type: clickhouse, url: '${url}', credentials: {user: {env: U}, password: {env: P}}, databases: {shop: {keys: {numbered: id, named: id}}}`,
      'queries',
    ),
    env: { U: user, P: password, MCP_OLAP_WRITE_ACCESS: 'true' },
  }),
  forGood: {
    clickhouse_insert: () => ({
      args: { target: 'olap/shop', table: 'numbered', rows: [{ id: `${++ids}` }] },
    }),
  },
  cases: {
    clickhouse_insert_keyed: caseOfEither(
      inserted('numbered', fc.array(row, { minLength: 1, maxLength: 20 }), () => `${++ids}`),
      inserted(
        'named',
        fc.array(fc.record({ n: fc.constantFrom('-9223372036854775808', 7) }), {
          minLength: 1,
          maxLength: 9,
        }),
        () => `ü's \\ key ${++ids}`,
      ),
    ),
  },
});

function caseOfEither(...cases: readonly Case<ClickHouse>[]): Case<ClickHouse> {
  return { scenes: fc.oneof(...cases.map(({ scenes }) => scenes)) };
}
