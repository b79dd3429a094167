import { type JsonValue, type Limits, toolsOf } from '../../toolset/define.ts';
import type { GuardedSelect } from './guard/guarded.ts';
import type { PgWriter } from './writer.ts';

export type { GuardedSelect } from './guard/guarded.ts';

/** A sub-component entry: the schemas of one database that the link reaches. */
export type Database = { readonly schemas: readonly string[] };

/** Bounds of one statement. */
export interface StatementOptions {
  readonly limits: Limits;
  /** Aborting it ends the statement in the server too. */
  readonly signal: AbortSignal;
}

export interface Column {
  readonly name: string;
  /** As PostgreSQL's `format_type` prints it, without a modifier: `timestamp with time zone`. */
  readonly type: string;
}

/**
 * JSON-safe rows. bool, int2, int4, oid and finite floats are JSON's own; json and jsonb are parsed; arrays are
 * arrays; bytea is base64; everything else (bigint, numeric, timestamps, NaN, Infinity ...) is PostgreSQL's text.
 */
export interface Rows {
  readonly columns: readonly Column[];
  /** One array a row, in the order of `columns`, whose names may repeat. */
  readonly rows: readonly (readonly JsonValue[])[];
  /** Whether there were more rows than the limits let through. */
  readonly truncated: boolean;
}

/** Rows of a catalog query, whose column names are ours and unique. Values as in {@link Rows}: cast int8 to int4 or float8 for a number. */
export interface Records {
  readonly rows: readonly Readonly<Record<string, JsonValue>>[];
  readonly truncated: boolean;
}

/** The reading client of one database. Serves many calls at once; every statement runs in its own READ ONLY transaction. */
export interface PgReader {
  /** Throws ToolError('query_refused'), naming the part of the statement and what is accepted instead. */
  guard(sql: string, scope: Database): Promise<GuardedSelect>;
  /** Runs one statement that the guard allowed. Throws ToolError. */
  query(statement: GuardedSelect, params: readonly JsonValue[], options: StatementOptions): Promise<Rows>;
  /**
   * Runs a constant query on the catalogs, written in this repository, under the same transaction guards; only
   * `pg_catalog` is in the search path. A caller's words go into `params` alone. Throws ToolError.
   */
  catalog(sql: string, params: readonly JsonValue[], options: StatementOptions): Promise<Records>;
}

export type { PgWriter } from './writer.ts';
export type Pg = { Reader: PgReader; Writer: PgWriter; Entry: Database };

/** Defines one tool of the PostgreSQL service. */
export const tool = toolsOf<Pg>();
