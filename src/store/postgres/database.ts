import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { StoreError } from '../documents.ts';

/** Longer than this no statement of the store may take, in milliseconds: a database that hangs is away. */
const STATEMENT_MS = 5_000;
const CONNECT_MS = 2_000;

/** Runs statements: those of a transaction, or each for itself. */
export interface Statements {
  /** Rejects with StoreError. */
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** The PostgreSQL that replicas share. Every statement commits synchronously: what returned survives a crash of the server. */
export interface Database extends Statements {
  /** All of it or nothing. What `work` throws is thrown, after everything was undone. */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
  /**
   * Hears the notifications of a channel until the function that is returned is called. They are hints: one that is
   * sent while the connection is away is lost, so whoever listens has to look by himself now and then.
   */
  listen(channel: string, hear: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  /** `postgresql://user:password@host:port/database`; never printed. */
  readonly url: string;
  /** The schema that everything lies in; `[a-z_][a-z0-9_]*`. */
  readonly schema: string;
  /** Connections at once. */
  readonly connections?: number;
  /** How long a statement, and a connection, may take at most, in milliseconds; 5 and 2 seconds unless it is given. */
  readonly patienceMs?: number;
}

const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;

/** Opens the pool; no statement is sent yet. Throws a TypeError for settings that are no URL or no schema. */
export async function openDatabase({
  url,
  schema,
  connections = 10,
  patienceMs,
}: DatabaseSettings): Promise<Database> {
  if (!SCHEMA.test(schema)) throw new TypeError(`the schema '${schema}' is not [a-z_][a-z0-9_]*`);
  const { default: pg } = await import('pg');
  const statementMs = patienceMs ?? STATEMENT_MS;
  const config = {
    ...addressOf(url),
    application_name: 'stackward',
    connectionTimeoutMillis: patienceMs ?? CONNECT_MS,
    keepAlive: true,
    // The server ends what hangs; where it cannot be reached at all, this end gives up a little later.
    statement_timeout: statementMs,
    query_timeout: statementMs + (patienceMs === undefined ? 1_000 : 0),
    idle_in_transaction_session_timeout: statementMs,
    options: `-c search_path=${schema} -c synchronous_commit=on -c default_transaction_isolation=read\\ committed`,
  };
  const pool = new pg.Pool({ ...config, max: connections, idleTimeoutMillis: 30_000 });
  // Without a listener the loss of an idle connection would end this process; whoever uses it learns of it anyway.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (work) => inTransaction(pool, work),
    async listen(channel, hear) {
      const { openListener } = await import('./listener.ts');
      return openListener(() => new pg.Client(config), channel, hear);
    },
    close: () => pool.end(),
  };
}

/** Host, port, database, user and password in full, so that nothing is taken from PGHOST, PGUSER and the like. */
function addressOf(url: string) {
  const isUrl = URL.canParse(url);
  const { protocol, hostname, port, pathname, username, password, searchParams } = isUrl
    ? new URL(url)
    : new URL('none://');
  const tls = searchParams.get('sslmode') ?? 'disable';
  if (!/^postgres(ql)?:$/.test(protocol) || !hostname || !username || pathname.length < 2)
    throw new TypeError('the database has to be postgresql://user:password@host:port/database');
  if (tls !== 'disable' && tls !== 'verify-full')
    throw new TypeError('sslmode of the database is verify-full or disable');
  return {
    host: decodeURIComponent(hostname.replace(/^\[|\]$/g, '')),
    port: Number(port || 5432),
    database: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ssl: tls === 'verify-full' ? { rejectUnauthorized: true } : (false as const),
  };
}

async function inTransaction<T>(pool: Pool, work: (statements: Statements) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((cause: unknown) => {
    throw away(cause);
  });
  let isSound = false;
  try {
    await run(client, 'begin');
    const result = await work({ query: (text, values) => run(client, text, values) });
    await run(client, 'commit');
    isSound = true;
    return result;
  } catch (error) {
    isSound = await run(client, 'rollback').then(
      () => true,
      () => false,
    );
    throw error;
  } finally {
    // A connection in doubt is closed, not lent to the next.
    client.release(!isSound);
  }
}

async function run<Row extends QueryResultRow>(
  on: Pool | PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  try {
    const { rows } = await on.query<Row>(text, [...values]);
    return rows;
  } catch (cause) {
    throw away(cause);
  }
}

/** A driver's own words could hold an address or a value; its code says enough. */
function away(cause: unknown): StoreError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return new StoreError(`the database did not do it${code ? ` (${code})` : ''}`, { cause });
}
