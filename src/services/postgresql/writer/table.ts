import { escapeIdentifier } from 'pg';
import { ToolError } from '../../../toolset/errors.ts';
import type { PgWriter } from '../writer.ts';
import type { NamedTable } from './statement.ts';

export interface TableColumn {
  readonly name: string;
  /** As `format_type` prints it without a modifier; text that a cast takes. */
  readonly type: string;
  /** OID of the type, by which a value's text is read. */
  readonly oid: number;
  /** Of an array: OID of its elements' type. */
  readonly element: number | null;
  readonly generated: boolean;
}

/** What stands in the way of taking a write back, each with the name that the database has for it. */
export interface Obstacle {
  /** `trigger`, `rule`, `delete`, `update`: the last two are what a foreign key passes on. */
  readonly kind: 'trigger' | 'rule' | 'delete' | 'update';
  readonly name: string;
  /** Other table of a foreign key. */
  readonly other: string;
  /** Columns that a foreign key looks at. */
  readonly columns: readonly string[];
  /** pg_trigger.tgtype: what a trigger fires on. */
  readonly firesOn: number;
}

/** One table as the catalog has it. */
export interface Table {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** pg_class.relkind: `r` table, `p` partitioned table, `v` view ... */
  readonly kind: string;
  /** It and all its partitions. */
  readonly tree: readonly number[];
  readonly kindsInTree: readonly string[];
  readonly inherited: boolean;
  /** Columns of the primary key; empty where there is none. */
  readonly key: readonly string[];
  readonly columns: readonly TableColumn[];
  readonly obstacles: readonly Obstacle[];
}

/** `"public"."orders"`. */
export const quotedName = ({ schema, name }: { schema: string; name: string }): string =>
  `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

/**
 * Reads one table's facts, resolving an unqualified name as the statement itself will.
 * @throws ToolError('not_found') alike for a table that is not there and one outside of the schemas
 */
export async function readTable(
  writer: PgWriter,
  named: NamedTable,
  schemas: readonly string[],
): Promise<Table> {
  const written = named.schema
    ? quotedName({ schema: named.schema, name: named.name })
    : escapeIdentifier(named.name);
  const [fact] = await writer.records<Omit<Table, 'columns' | 'obstacles'>>(TABLE, [written]);
  if (!fact || !schemas.includes(fact.schema))
    throw new ToolError(
      'not_found',
      `the link reaches no table ${written}; list the ones it reaches with pg_list_tables`,
    );
  const columns = await writer.records<TableColumn>(COLUMNS, [fact.oid]);
  const obstacles = await writer.records<Obstacle>(OBSTACLES, [fact.tree]);
  return { ...fact, columns, obstacles };
}

const TABLE = `
SELECT c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
       t.tree, t.kinds AS "kindsInTree",
       c.relkind <> 'p' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) AS inherited,
       to_json(ARRAY(SELECT a.attname FROM pg_index x, unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, place), pg_attribute a
              WHERE x.indrelid = c.oid AND x.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum
                AND k.place <= x.indnkeyatts ORDER BY k.place)) AS key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       LATERAL (SELECT to_json(array_agg(p.oid::int8)) AS tree, to_json(array_agg(p.relkind)) AS kinds FROM pg_class p
                 WHERE p.oid = c.oid OR p.oid IN (SELECT relid FROM pg_partition_tree(c.oid))) AS t
 WHERE c.oid = to_regclass($1)`;

const COLUMNS = `
SELECT attname AS name, format_type(atttypid, -1) AS type, atttypid::int8::float8 AS oid, attgenerated <> '' AS generated,
       e.oid::int8::float8 AS element
  FROM pg_attribute LEFT JOIN pg_type e ON e.typarray = atttypid AND e.typdelim = ',' WHERE attrelid = $1::int8::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;

// tgisinternal is a foreign key's own trigger, which the last part of the union tells of in the key's words.
const OBSTACLES = `
SELECT 'trigger' AS kind, t.tgname AS name, '' AS other, '[]'::json AS columns, t.tgtype::int4 AS "firesOn"
  FROM pg_trigger t
 WHERE t.tgrelid = ANY ($1::int8[]::oid[]) AND NOT t.tgisinternal AND t.tgenabled <> 'D'
UNION ALL
SELECT 'rule', r.rulename, '', '[]', 0 FROM pg_rewrite r
 WHERE r.ev_class = ANY ($1::int8[]::oid[]) AND r.ev_enabled <> 'D'
UNION ALL
SELECT e.kind, f.conname, f.conrelid::regclass::text,
       to_json(ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = f.confrelid AND a.attnum = ANY (f.confkey))), 0
  FROM pg_constraint f,
       LATERAL (VALUES ('delete', f.confdeltype), ('update', f.confupdtype)) AS e(kind, action)
 WHERE f.contype = 'f' AND f.confrelid = ANY ($1::int8[]::oid[]) AND e.action IN ('c', 'n', 'd')
 ORDER BY 1, 2, 3`;
