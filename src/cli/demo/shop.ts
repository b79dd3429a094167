import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedServer, startEmbeddedPostgres } from './embedded-postgres.ts';

/** The demo's shop: a real PostgreSQL with data, and the topology that draws it. */
export interface Shop {
  readonly topology: string;
  /** Loopback port of its database. */
  readonly port: number;
  /** Link that the walk-through removes: a line of the topology, as it stands there. */
  readonly removableLink: string;
  readonly env: Readonly<Record<string, string>>;
  /** The account's password; the walk-through shows that it never appears. */
  readonly password: string;
  stop(): Promise<void>;
}

const ROLE = 'stackward';
const LINK = '  - {from: triage, to: orders-db, type: queries, databases: [orders]}\n';

/** The shop's database as a component of a topology, two spaces in. */
export const ordersDb = (port: number): string => `  orders-db:
    type: postgresql
    host: 127.0.0.1
    port: ${port}
    credentials: {user: {env: ORDERS_DB_USER}, password: {env: ORDERS_DB_PASSWORD}}
    databases: {orders: {schemas: [public]}, billing: {}}`;

const topologyText = (port: number) => `# yaml-language-server: $schema=./topology.schema.json
stack: shop
components:
  orders-api: {type: application, description: Takes and tracks orders}
${ordersDb(port)}
  ledger: {type: postgresql, is_external: true, stack: finance}
  triage: {type: agent, description: Looks into incidents}
links:
  - {from: orders-api, to: orders-db, type: queries, databases: [orders, billing]}
  - {from: orders-api, to: ledger, type: calls}   # crosses a stack: metadata only, never a tool
${LINK}`;

const schemaText = (url: string) => `
create table customers (id int primary key, name text not null, city text not null);
create table orders (id int primary key, customer_id int not null references customers, status text not null,
                     total numeric(10, 2) not null, placed_at timestamptz not null);
create table settings (name text primary key, value text not null);
insert into customers select n, (array['Ada','Grace','Edsger','Barbara','Alan','Radia'])[1 + n % 6] || ' ' || n,
                             (array['Lyon','Oslo','Porto','Graz'])[1 + n % 4] from generate_series(1, 200) n;
insert into orders select n, 1 + n % 200, (array['paid','paid','paid','shipped','stuck'])[1 + n % 5],
                          (n % 97) * 3.17 + 5, timestamptz '2026-01-01' + n * interval '11 minutes' from generate_series(1, 5000) n;
insert into settings values ('currency', 'EUR'), ('legacy_dsn', '${url}');
`;

/** Starts the server in a temporary folder, fills it and writes the topology beside it. */
export async function openShop(): Promise<Shop> {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-demo-'));
  const server = await startEmbeddedPostgres({ dir });
  const password = randomBytes(12).toString('base64url');
  await seed(server, password);
  const topology = join(dir, 'shop.yaml');
  await writeFile(topology, topologyText(server.port));
  return {
    topology,
    port: server.port,
    removableLink: LINK,
    password,
    env: { ORDERS_DB_USER: ROLE, ORDERS_DB_PASSWORD: password },
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function seed(server: EmbeddedServer, password: string): Promise<void> {
  const url = `postgres://${ROLE}:${password}@127.0.0.1:${server.port}/orders`;
  await run(server, 'postgres', [
    `create role ${ROLE} login password '${password}'`,
    `grant pg_read_all_stats to ${ROLE}`,
    'create database orders',
    'create database billing',
  ]);
  const grants = `grant select, insert, update, delete on all tables in schema public to ${ROLE}`;
  await run(server, 'orders', [schemaText(url), grants]);
  await run(server, 'billing', [
    'create table invoices (id int primary key, order_id int, amount numeric)',
    grants,
  ]);
}

async function run(server: EmbeddedServer, database: string, statements: readonly string[]): Promise<void> {
  const { port, user, password } = server;
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
