import type { Node } from 'libpg-query';
import pg, { type ClientConfig, escapeIdentifier, type PoolClient } from 'pg';
import type { JsonValue, Opened } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { createGuard } from '../guard.ts';
import { cancelBackend } from '../read/cancel.ts';
import { toParameter } from '../read/values.ts';
import { commitOf } from './commit.ts';
import { writeFailure } from './failure.ts';

/** A result whose values are the text that PostgreSQL wrote, so that writing them back loses nothing. */
export interface TextRows {
  readonly columns: readonly { readonly name: string; readonly oid: number }[];
  readonly rows: readonly TextRow[];
}

export type TextRow = readonly (string | null)[];

/** The writing client: one transaction on one connection, for one granted call. */
export interface PgWriter {
  /** Runs one statement. Throws ToolError; the transaction then can only be rolled back. */
  run(sql: string, params?: readonly JsonValue[]): Promise<TextRows>;
  /** Runs a constant query on the catalogs; the values come parsed. Throws ToolError. */
  records<T extends object>(sql: string, params: readonly unknown[]): Promise<readonly T[]>;
  /** Judges what a write evaluates by the reading guard's rules. Throws ToolError('query_refused'). */
  guard(reads: readonly Node[]): Promise<void>;
  /** Ends the transaction for good. Throws ToolError('outcome_unknown') when the server’s answer is lost. */
  commit(): Promise<void>;
}

const asText = { getTypeParser: () => (value: string) => value };

// Restoring reads back what these make PostgreSQL write; the parser judged statements as they are read under them.
const SETTINGS = {
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '3',
  xmloption: 'content',
  lc_monetary: 'C',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  array_nulls: 'on',
} as const;

export interface TransactionOptions {
  readonly config: ClientConfig;
  /** The schemas that the link reaches, in the order in which an unqualified name looks through them. */
  readonly schemas: readonly string[];
  readonly deadlineMs: number;
}

/** Connects and begins the one transaction. The snapshot is the whole call's: what it captured is what it changes. */
export async function beginTransaction(options: TransactionOptions): Promise<Opened<PgWriter>> {
  const pool = new pg.Pool({ ...options.config, max: 1 });
  // Without a listener the loss of the connection would end this process; the next statement reports it.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const client = await pool.connect().catch((error: unknown) => {
    throw writeFailure(error);
  });
  const session = new Session(client);
  const close = async () => {
    await session.close();
    await pool.end();
  };
  try {
    await session.during(() => client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE'));
    await session.during(() => applySettings(client, options));
  } catch (error) {
    await close();
    throw error;
  }
  return { client: writerOn(session, client, options.schemas), close };
}

/** Runs statements one after the other until it is closed, and none after that. */
class Session {
  readonly #client: PoolClient;
  #closed = false;
  #lost = false;
  #running = 0;

  constructor(client: PoolClient) {
    this.#client = client;
    client.once('end', () => {
      this.#lost = true;
    });
  }

  async during<T>(statement: () => Promise<T>): Promise<T> {
    // A statement after the rollback would run outside of any transaction, and be final at once.
    if (this.#closed)
      throw new ToolError('cancelled', 'The writing session was closed; nothing has changed.');
    // Known before a COMMIT is sent, the loss is no doubt: the server rolled back.
    if (this.#lost)
      throw new ToolError('unreachable', 'The connection to the server was lost; nothing has changed.');
    this.#running += 1;
    try {
      return await statement();
    } catch (error) {
      const failure = writeFailure(error);
      if (failure.code === 'unreachable') this.#lost = true;
      throw failure;
    } finally {
      this.#running -= 1;
    }
  }

  /** Rolls back what was not committed: by word where the server listens, else by the loss of the connection. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#running > 0) await cancelBackend(this.#client);
    else await this.#client.query('ROLLBACK').catch(() => {});
    this.#client.release(true);
  }
}

async function applySettings(client: PoolClient, { schemas, deadlineMs }: TransactionOptions): Promise<void> {
  const settings = {
    ...SETTINGS,
    // Unlisted, the temporary schema would be searched before all others.
    search_path: ['pg_catalog', ...schemas, 'pg_temp'].map((name) => escapeIdentifier(name)).join(', '),
    statement_timeout: `${deadlineMs}`,
    lock_timeout: `${Math.ceil(deadlineMs / 2)}`,
    idle_in_transaction_session_timeout: `${deadlineMs}`,
  };
  const names = Object.keys(settings);
  const calls = names.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`);
  await client.query(`SELECT ${calls.join(', ')}`, Object.entries(settings).flat());
}

function writerOn(session: Session, client: PoolClient, schemas: readonly string[]): PgWriter {
  const guard = createGuard(async (sql, params) => {
    const { rows } = await client.query<Record<string, JsonValue>>(sql, [...params]);
    return { rows, truncated: false };
  });
  return {
    async run(sql, params = []) {
      const query = { text: sql, values: params.map(toParameter), types: asText, rowMode: 'array' } as const;
      const result = await session.during(() => client.query<(string | null)[]>(query));
      const columns = result.fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID }));
      return { columns, rows: result.rows };
    },
    async records<T extends object>(sql: string, params: readonly unknown[]) {
      const result = await session.during(() => client.query<T>({ text: sql, values: [...params] }));
      return result.rows;
    },
    guard: (reads) => session.during(() => guard.trees(reads, { schemas })),
    commit: () => session.during(() => commitOf(client)),
  };
}
