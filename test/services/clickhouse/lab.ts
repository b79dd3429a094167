import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/clickhouse/connect.ts';
import type { DatabaseEntry } from '../../../src/services/clickhouse/connection.ts';
import type { Limits } from '../../../src/toolset/define.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { tapWire } from '../../harness/wiretap.ts';
import { type ClickHouse, startClickHouse } from './server.ts';

export const LIMITS: Limits = { rows: 500, bytes: 256 * 1024, deadlineMs: 10_000 };

/** Two databases, of which the links of the tests reach one. What only the other holds is called `vault`. */
const SCHEMA = [
  'CREATE DATABASE shop',
  'CREATE DATABASE vault',
  'CREATE TABLE shop.fed (id UInt64, kind String) ENGINE = MergeTree ORDER BY id',
  `CREATE TABLE shop.events (id UInt64, at DateTime, kind String, price Nullable(Float64), tags Array(String),
    twice UInt64 ALIAS id * 2, next UInt64 MATERIALIZED id + 1, ten UInt64 DEFAULT id * 10)
    ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY id`,
  `INSERT INTO shop.events (id, at, kind, price, tags) VALUES
    (1, '2024-01-01 00:00:00', 'view', 1.5, ['a', 'b']), (2, '2024-01-02 00:00:00', 'buy', NULL, []),
    (18446744073709551615, '2024-02-01 00:00:00', 'view', 0.1, ['c'])`,
  `CREATE TABLE shop.orders (id UInt64, at DateTime, note String DEFAULT 'none', tags Array(String), price Nullable(Float64),
    double UInt64 MATERIALIZED id * 2, twice UInt64 ALIAS id * 2) ENGINE = MergeTree ORDER BY id`,
  'CREATE TABLE shop.totals (kind String, n UInt64) ENGINE = SummingMergeTree ORDER BY kind',
  "INSERT INTO shop.totals VALUES ('view', 2), ('buy', 1)",
  'CREATE TABLE shop.kept (n UInt64) ENGINE = MergeTree ORDER BY n',
  'CREATE TABLE vault.kept AS shop.kept',
  'CREATE TABLE vault.secrets (id UInt64, word String) ENGINE = MergeTree ORDER BY id',
  "INSERT INTO vault.secrets VALUES (1, 'vault-word')",
  'CREATE TABLE shop.hidden (id UInt64, word String) ENGINE = MergeTree ORDER BY id',
  "INSERT INTO shop.hidden VALUES (1, 'vault-hidden')",
  "CREATE VIEW shop.views AS SELECT id, kind FROM shop.events WHERE kind IN ('view')",
  'CREATE VIEW shop.views_of_views AS SELECT count() AS n FROM shop.views',
  'CREATE VIEW shop.leak AS SELECT id, word FROM vault.secrets',
  'CREATE VIEW shop.leak_hidden AS SELECT id, word FROM shop.hidden',
  'CREATE VIEW shop.leak_deep AS SELECT * FROM shop.leak',
  "CREATE TABLE shop.merged (id UInt64, word String) ENGINE = Merge(vault, '^secrets')",
  'CREATE TABLE shop.far (id UInt64, kind String) ENGINE = Distributed(here, shop, events)',
  'CREATE TABLE shop.far_leak (id UInt64, word String) ENGINE = Distributed(here, vault, secrets)',
  'CREATE TABLE shop.joined (id UInt64, word String) ENGINE = Join(ANY, LEFT, id)',
  'CREATE MATERIALIZED VIEW shop.by_kind ENGINE = SummingMergeTree ORDER BY kind AS SELECT kind, count() AS n FROM shop.fed GROUP BY kind',
  'CREATE MATERIALIZED VIEW shop.into TO shop.totals AS SELECT kind, toUInt64(1) AS n FROM shop.fed',
];

/** A server of the test file's own, behind a tap that keeps what the tools send. */
export async function openLab() {
  const server = await startClickHouse();
  for (const statement of SCHEMA) await server.run(statement);
  const tap = await tapWire(server.port);
  return {
    server,
    tap,
    /** Opens the tools' side; every byte of it goes through the tap. */
    open: (
      databases: Readonly<Record<string, DatabaseEntry>>,
      more: { user?: string; password?: string; port?: number } = {},
    ) =>
      openToolLab({
        connector,
        connection: connectionOf(server, { port: tap.port, ...more }),
        subs: databases,
        limits: LIMITS,
        component: 'olap',
      }),
    /** Bodies and addresses that left the tools since the last `forget`, decoded. */
    sent: (): string =>
      decodeURIComponent(
        tap
          .sent()
          .toString('utf8')
          .replace(/%(?![0-9A-F]{2})/g, '%25'),
      ),
    /** Fills `kept` so far that hashing all of it takes seconds. */
    async fill() {
      await server.run('INSERT INTO shop.kept SELECT number FROM system.numbers LIMIT 20000000');
      await server.run('INSERT INTO vault.kept SELECT n FROM shop.kept');
    },
    async close() {
      await tap.close();
      await server.stop();
    },
  };
}
export type Lab = Awaited<ReturnType<typeof openLab>>;
export type ClickHouseLab = ReturnType<Lab['open']>;

export const connectionOf = (
  server: Pick<ClickHouse, 'port' | 'user' | 'password'>,
  more: { port?: number; user?: string; password?: string } = {},
) => {
  const { port, user, password } = { ...server, ...more };
  return {
    url: `http://127.0.0.1:${port}`,
    credentials: { user, password: new Secret('password', password) },
  };
};
