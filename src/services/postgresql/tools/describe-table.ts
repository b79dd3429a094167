import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { tool } from '../types.ts';
import { splitName } from './table-name.ts';

const FIND = `
SELECT c.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned_table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized_view' ELSE 'foreign_table' END AS kind,
       obj_description(c.oid, 'pg_class') AS comment,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
       pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
       c.relrowsecurity AS row_security,
       CASE WHEN c.reltuples > 0 THEN c.reltuples::float8 END AS estimated_rows
  FROM unnest($1::text[]) WITH ORDINALITY AS s (name, place)
  JOIN pg_namespace n ON n.nspname = s.name JOIN pg_class c ON c.relnamespace = n.oid
 WHERE c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY s.place LIMIT 1`;

const COLUMNS = `
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated_as,
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by_default' END AS identity,
       col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = $1::int8::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

// A foreign key that leads out of the reached schemas is told of without saying where it leads.
const CONSTRAINTS = `
SELECT o.conname AS name,
       CASE o.contype WHEN 'p' THEN 'primary_key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
                      WHEN 'f' THEN 'foreign_key' ELSE 'exclusion' END AS kind,
       to_json(ARRAY(SELECT a.attname FROM unnest(o.conkey) WITH ORDINALITY AS k (num, place)
                       JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.num ORDER BY k.place)) AS columns,
       CASE WHEN o.contype <> 'f' OR fn.nspname = ANY ($2::text[]) THEN pg_get_constraintdef(o.oid) END AS definition
  FROM pg_constraint o LEFT JOIN pg_class f ON f.oid = o.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
 WHERE o.conrelid = $1::int8::oid AND o.contype IN ('p', 'u', 'c', 'f', 'x') ORDER BY o.contype DESC, o.conname`;

const INDEXES = `
SELECT i.relname AS name, x.indisunique AS "unique", x.indisprimary AS "primary", x.indisvalid AS valid,
       pg_get_indexdef(x.indexrelid) AS definition, pg_relation_size(i.oid)::float8 AS size_bytes
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = $1::int8::oid ORDER BY i.relname`;

const REFERENCED_BY = `
SELECT o.conname AS name, format('%I.%I', n.nspname, c.relname) AS "table", pg_get_constraintdef(o.oid) AS definition
  FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE o.confrelid = $1::int8::oid AND o.contype = 'f' AND n.nspname = ANY ($2::text[]) ORDER BY 2, 1`;

const Found = z.object({
  oid: z.string(),
  schema: z.string().describe('Schema that holds it'),
  name: z.string().describe('Name, unquoted'),
  kind: z
    .enum(['table', 'partitioned_table', 'view', 'materialized_view', 'foreign_table'])
    .describe('What it is'),
  comment: z.string().nullable().describe('COMMENT ON it, if any'),
  partition_key: z.string().nullable().describe('How a partitioned table divides its rows'),
  partition_bound: z.string().nullable().describe('Which rows a partition holds'),
  row_security: z.boolean().describe('Whether policies decide which rows are seen'),
  estimated_rows: z.number().nullable().describe('Rows as last counted; null if never'),
});

const Column = z.strictObject({
  name: z.string().describe('Name, unquoted'),
  type: z.string().describe('Type with its modifiers, such as numeric(10,2)'),
  nullable: z.boolean().describe('Whether it takes NULL'),
  default: z.string().nullable().describe('Expression of its default, if any'),
  generated_as: z.string().nullable().describe('Expression that it is computed from, if any'),
  identity: z.enum(['always', 'by_default']).nullable().describe('Whether the server numbers it'),
  comment: z.string().nullable().describe('COMMENT ON it, if any'),
});

const Constraint = z.strictObject({
  name: z.string().describe('Name of the constraint'),
  kind: z.enum(['primary_key', 'unique', 'check', 'foreign_key', 'exclusion']).describe('What it is'),
  columns: z.array(z.string()).describe('Columns that it looks at'),
  definition: z.string().nullable().describe('As SQL; null where it leads out of the reached schemas'),
});

const Index = z.strictObject({
  name: z.string().describe('Name of the index'),
  unique: z.boolean().describe('Whether its key is unique'),
  primary: z.boolean().describe('Whether it is the primary key’s'),
  valid: z.boolean().describe('False while it is built, or after a build failed'),
  definition: z.string().describe('As SQL'),
  size_bytes: z.number().describe('Bytes on disk'),
});

const Reference = z.strictObject({
  name: z.string().describe('Name of the foreign key'),
  table: z.string().describe('Table that refers to this one, as schema.table'),
  definition: z.string().describe('As SQL'),
});

export const describeTable = tool({
  name: 'pg_describe_table',
  access: 'read',
  title: 'Describe a table',
  description:
    'Describe one table or view: columns, types, defaults, keys, indexes, constraints and partitioning.',
  reach: 'sub',
  params: z.strictObject({
    table: z
      .string()
      .min(1)
      .max(131)
      .describe('`table` or `schema.table`; quote a part that holds a dot: "a.b"'),
  }),
  output: Found.omit({ oid: true }).extend({
    columns: z.array(Column).describe('In the table’s order'),
    constraints: z.array(Constraint).describe('Keys and checks'),
    indexes: z.array(Index).describe('Indexes, with those of keys'),
    referenced_by: z.array(Reference).describe('Foreign keys of reached tables that point here'),
  }),
  async run({ client, target, limits, signal }, { table }) {
    const options = { limits, signal };
    const found = await find();
    const { oid, ...facts } = found;
    const schemas = [...target.scope.schemas];
    const [columns, constraints, indexes, references] = await Promise.all([
      client.catalog(COLUMNS, [oid], options),
      client.catalog(CONSTRAINTS, [oid, schemas], options),
      client.catalog(INDEXES, [oid], options),
      client.catalog(REFERENCED_BY, [oid, schemas], options),
    ]);
    return {
      ...facts,
      columns: z.array(Column).parse(columns.rows),
      constraints: z.array(Constraint).parse(constraints.rows),
      indexes: z.array(Index).parse(indexes.rows),
      referenced_by: z.array(Reference).parse(references.rows),
    };

    async function find() {
      const name = splitName(table);
      const within = target.scope.schemas.filter(
        (schema) => name.schema === undefined || name.schema === schema,
      );
      const [row] = (await client.catalog(FIND, [within, name.table], options)).rows;
      if (row) return Found.parse(row);
      throw new ToolError(
        'not_found',
        `the link reaches no table ${table}; pg_list_tables shows the ones it reaches`,
      );
    }
  },
});
