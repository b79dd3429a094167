import type { Pool } from 'pg';
import type { JsonValue } from '../../toolset/define.ts';
import { assertGuarded } from './guard/guarded.ts';
import { createGuard } from './guard.ts';
import { runGoverned } from './read/run.ts';
import type { RawRows } from './read/statement.ts';
import { createTypeNames } from './read/type-names.ts';
import { toJson, toParameter } from './read/values.ts';
import type { PgReader, Records, Rows, StatementOptions } from './types.ts';

/** For the reader's own questions to the catalogs: they are small, and their answers are not shown as such. */
const OWN_LIMITS = { rows: 5_000, bytes: 4 * 1024 * 1024, deadlineMs: 5_000 };

/** Makes the reading client of one database from a pool of its connections. */
export function createReader(pool: Pool): PgReader {
  const run = (
    sql: string,
    params: readonly JsonValue[],
    schemas: readonly string[],
    options: StatementOptions,
  ) =>
    runGoverned(
      pool,
      {
        sql,
        params: params.map(toParameter),
        schemas,
        rows: options.limits.rows,
        bytes: wireBytes(options.limits.bytes),
        timeoutMs: options.limits.deadlineMs,
      },
      options.signal,
    );
  const ask = (sql: string, params: readonly JsonValue[]) =>
    run(sql, params, [], { limits: OWN_LIMITS, signal: AbortSignal.timeout(OWN_LIMITS.deadlineMs) });
  const types = createTypeNames(ask);

  async function catalog(
    sql: string,
    params: readonly JsonValue[],
    options: StatementOptions,
  ): Promise<Records> {
    const raw = await run(sql, params, [], options);
    const { columns, rows } = await rowsOf(raw);
    const records = rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])),
    );
    return { rows: records, truncated: raw.truncated };
  }

  async function rowsOf(raw: RawRows): Promise<Rows> {
    const known = await types(raw.fields.map((field) => field.dataTypeID));
    const columns = raw.fields.map(({ name, dataTypeID }) => ({
      name,
      type: known.get(dataTypeID)?.name ?? 'unknown',
    }));
    const rows = raw.rows.map((row) =>
      row.map((text, at) => toJson(text, raw.fields[at]?.dataTypeID ?? 0, known)),
    );
    return { columns, rows, truncated: raw.truncated };
  }

  const guard = createGuard((sql, params) =>
    catalog(sql, params, { limits: OWN_LIMITS, signal: AbortSignal.timeout(OWN_LIMITS.deadlineMs) }),
  );
  return {
    guard: guard.statement,
    catalog,
    async query(statement, params, options) {
      assertGuarded(statement);
      return rowsOf(await run(statement.sql, params, statement.schemas, options));
    },
  };
}

/** Text on the wire is about as long as in JSON; twice the limit is far past it, and the rest is never gathered. */
const wireBytes = (bytes: number): number => 2 * bytes + 64 * 1024;
