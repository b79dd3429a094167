import type { Node } from 'libpg-query';
import pg, { type ClientConfig, escapeIdentifier } from 'pg';
import type { JsonValue, Opened } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { createGuard } from '../guard.ts';
import type { ReadValue } from './answer.ts';
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
  /** Turns the text of a value into JSON, as reading does. */
  readonly read: ReadValue;
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
  readonly read: ReadValue;
}

/** Connects and begins the one transaction. The snapshot is the whole call's: what it captured is what it changes. */
export async function beginTransaction(options: TransactionOptions): Promise<Opened<PgWriter>> {
  const client = new pg.Client(options.config);
  // Without a listener the loss of the connection would end this process; the next statement reports it.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE');
    await applySettings(client, options);
  } catch (error) {
    await client.end().catch(() => {});
    throw writeFailure(error);
  }
  const session = new AbortController();
  return {
    client: writerOn(client, options, session.signal),
    close: () => {
      session.abort();
      return rollBack(client);
    },
  };
}

async function applySettings(client: pg.Client, { schemas, deadlineMs }: TransactionOptions): Promise<void> {
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

function writerOn(client: pg.Client, { schemas, read }: TransactionOptions, closed: AbortSignal): PgWriter {
  const guarded = async <T>(statement: () => Promise<T>): Promise<T> => {
    // A statement after the rollback would run outside of any transaction, and be final at once.
    if (closed.aborted)
      throw new ToolError('cancelled', 'the writing session was closed; nothing has changed');
    return statement().catch((error: unknown) => {
      throw writeFailure(error);
    });
  };
  const guard = createGuard(async (sql, params) => {
    const { rows } = await client.query<Record<string, JsonValue>>(sql, [...params]);
    return { rows, truncated: false };
  });
  return {
    async run(sql, params = []) {
      const query = { text: sql, values: [...params], types: asText, rowMode: 'array' } as const;
      const result = await guarded(() => client.query<(string | null)[]>(query));
      const columns = result.fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID }));
      return { columns, rows: result.rows };
    },
    async records<T extends object>(sql: string, params: readonly unknown[]) {
      const result = await guarded(() => client.query<T>({ text: sql, values: [...params] }));
      return result.rows;
    },
    guard: (reads) => guarded(() => guard.trees(reads, { schemas })),
    read,
    commit: () => guarded(() => commitOf(client)),
  };
}

/** Ends the connection; what was not committed is rolled back by the server as soon as it sees that. */
async function rollBack(client: pg.Client): Promise<void> {
  const rolledBack = client.query('ROLLBACK').catch(() => {});
  await Promise.race([rolledBack, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  await client.end().catch(() => {});
}
