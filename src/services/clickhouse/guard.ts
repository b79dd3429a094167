import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { dependenceOf, holdsRows } from './dependence.ts';
import { type ClickHouseTarget, databaseOf, reaches, tableIn } from './scope.ts';
import { printQuery } from './sql/print.ts';
import { refuse } from './sql/refuse.ts';
import { type Parsed, parseSelect } from './sql/select.ts';
import { Statement, sql } from './sql/statement.ts';
import type { Query, Select } from './sql/tree.ts';

/** A view of a view of a view ... */
const MAX_VIEW_DEPTH = 10;
/** Tables that one query may lead to, views' own among them. */
const MAX_TABLES = 100;

/** Asks the server a question of our own. */
export type Ask = <T>(statement: Statement, row: z.ZodType<T>) => Promise<readonly T[]>;

const Table = z.object({ name: z.string(), engine: z.string(), create_table_query: z.string() });
type Table = z.output<typeof Table>;
const AliasColumn = z.object({ table: z.string(), name: z.string(), default_expression: z.string() });

/** A SELECT that was found to stay within a target. */
export interface Guarded {
  /** The query anew, with at most so many rows of each SELECT that UNION ALL joins. */
  limitedTo(rows: number): Statement;
  /** How many SELECTs that are; 1 without UNION ALL. */
  readonly arms: number;
  /** The query anew, behind the words of an EXPLAIN. */
  explained(kind: 'plan' | 'syntax' | 'pipeline'): Statement;
}

const EXPLAINS = { plan: 'EXPLAIN PLAN', syntax: 'EXPLAIN SYNTAX', pipeline: 'EXPLAIN PIPELINE' } as const;

/**
 * Allows one SELECT: an allowlist over its tree, then over the engines and views that its tables turn out to be.
 *
 * @throws ToolError('query_refused') naming the part and what would be accepted
 */
export async function guardSelect(text: string, target: ClickHouseTarget, ask: Ask): Promise<Guarded> {
  const database = databaseOf(target);
  const parsed = parseWithin(text, target);
  await judge(parsed.mentions, target, ask, { depth: 0, seen: new Set() });
  const print = (query: Query) => printQuery(query, { database });
  return {
    limitedTo: (rows) => Statement.of(print(limited(parsed.query, rows))),
    arms: parsed.query.arms.length,
    explained: (kind) => Statement.of(`${EXPLAINS[kind]} ${print(parsed.query)}`),
  };
}

/** Parses a SELECT all of whose tables the target reaches by name. Throws ToolError('query_refused'). */
export function parseWithin(text: string, target: ClickHouseTarget): Parsed {
  const parsed = parseSelect(text, databaseOf(target));
  for (const table of parsed.mentions.tables)
    if (!reaches(target, table))
      refuse(
        `the table ${table} is outside ${target.name}, which reaches: ${target.scope.tables?.join(', ') ?? 'all but inner tables'}`,
      );
  return parsed;
}

interface Walk {
  readonly depth: number;
  readonly seen: Set<string>;
}

type Mentioned = Pick<Parsed['mentions'], 'tables' | 'columns'>;

async function judge(mentions: Mentioned, target: ClickHouseTarget, ask: Ask, walk: Walk): Promise<void> {
  if (walk.depth > MAX_VIEW_DEPTH) refuse(`the views are nested more than ${MAX_VIEW_DEPTH} deep`);
  if (mentions.tables.size > 0) await judgeAliases(mentions, target, ask);
  const names = [...mentions.tables].filter((table) => !walk.seen.has(table));
  if (names.length === 0) return;
  for (const name of names) walk.seen.add(name);
  if (walk.seen.size > MAX_TABLES) refuse(`the query leads to more than ${MAX_TABLES} tables`);
  const known = await lookUp(names, target, ask);
  for (const name of names) {
    const table = known.get(name);
    if (!table)
      throw new ToolError(
        'not_found',
        `the database has no table ${name}; clickhouse_tables lists what there is`,
      );
    await judgeTable(table, mentions.columns, target, ask, walk);
  }
}

async function lookUp(
  names: readonly string[],
  target: ClickHouseTarget,
  ask: Ask,
): Promise<ReadonlyMap<string, Table>> {
  const database = databaseOf(target);
  const rows = await ask(
    sql`SELECT name, engine, create_table_query FROM system.tables WHERE database = ${database} AND name IN ${names}`,
    Table,
  );
  return new Map(rows.map((table) => [table.name, table]));
}

/** What a table leads to must be in the link's reach, too. */
async function judgeTable(
  table: Table,
  columns: ReadonlySet<string>,
  target: ClickHouseTarget,
  ask: Ask,
  walk: Walk,
): Promise<void> {
  if (holdsRows(table.engine)) return;
  const leadsTo = dependenceOf(table.engine, table.create_table_query);
  if (!leadsTo)
    refuse(
      `${table.name} has the engine ${table.engine}, which does not hold rows of its own; name the tables that do`,
    );
  try {
    const deeper = { ...walk, depth: walk.depth + 1 };
    const { query, database, table: other } = leadsTo;
    if (query !== undefined) {
      const { mentions } = parseWithin(query, target);
      // The account's own default database is what a bare name would mean there.
      if (mentions.bare.size > 0) refuse('it names a table without its database');
      await judge(mentions, target, ask, deeper);
    }
    if (other === undefined) return;
    if (database !== databaseOf(target)) refuse('it leads to another database');
    await judge(
      { tables: new Set([tableIn(target, other)]), columns: new Set(columns) },
      target,
      ask,
      deeper,
    );
  } catch (error) {
    if (error instanceof ToolError && GUARDS_OWN.has(error.code))
      refuse(`${table.name} cannot be read: ${error.detail}`);
    throw error;
  }
}

const GUARDS_OWN: ReadonlySet<string> = new Set(['query_refused', 'not_linked', 'not_found']);

/** An ALIAS column is an expression that its reader runs, so it has to be one that the reader could write. */
async function judgeAliases(
  { tables, columns }: Mentioned,
  target: ClickHouseTarget,
  ask: Ask,
): Promise<void> {
  const database = databaseOf(target);
  const aliases = await ask(
    sql`SELECT table, name, default_expression FROM system.columns WHERE database = ${database} AND table IN ${[...tables]} AND default_kind = 'ALIAS'`,
    AliasColumn,
  );
  const wanted = new Set(columns);
  // One ALIAS may name another, so those that it brings in are judged after it.
  for (const name of wanted)
    for (const alias of aliases.filter((one) => one.name === name))
      for (const column of judgeAlias(alias, database)) wanted.add(column);
}

/** The columns that an ALIAS column names. Throws ToolError('query_refused'). */
function judgeAlias(
  { table, name, default_expression }: z.output<typeof AliasColumn>,
  database: string,
): ReadonlySet<string> {
  try {
    const { mentions } = parseSelect(`SELECT ${default_expression}`, database);
    if (mentions.tables.size > 0) refuse('it reads a table');
    return mentions.columns;
  } catch (error) {
    if (error instanceof ToolError) refuse(`the column ${table}.${name} cannot be read: ${error.detail}`);
    throw error;
  }
}

/**
 * The query with LIMITs of its own, so that the server ends once enough rows are there. Each arm gets its own: a query
 * around them would have to say `*`, which leaves out columns whose names repeat.
 */
function limited({ arms: [first, ...others] }: Query, rows: number): Query {
  const limit = (arm: Select): Select => {
    const { count, offset } = arm.limit ?? { count: rows, offset: 0 };
    return { ...arm, limit: { count: Math.min(count, rows), offset } };
  };
  return { arms: [limit(first), ...others.map(limit)] };
}
