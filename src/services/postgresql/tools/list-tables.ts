import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { tool } from '../types.ts';

const KINDS = [
  'table',
  'partitioned_table',
  'partition',
  'view',
  'materialized_view',
  'foreign_table',
] as const;

const SQL = `
SELECT n.nspname AS schema, c.relname AS name, k.kind,
       CASE WHEN c.relispartition THEN (SELECT format('%I.%I', pn.nspname, p.relname)
              FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
             WHERE i.inhrelid = c.oid AND pn.nspname = ANY ($1::text[]) LIMIT 1) END AS partition_of,
       CASE WHEN c.relkind IN ('r', 'm', 'p') AND (c.reltuples > 0 OR c.relpages > 0) AND c.reltuples >= 0
            THEN c.reltuples::float8 END AS estimated_rows,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid)
            WHEN c.relkind = 'p' THEN (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(c.oid) WHERE isleaf)
        END::float8 AS size_bytes,
       obj_description(c.oid, 'pg_class') AS comment
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       LATERAL (SELECT CASE WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'r' THEN 'table'
                            WHEN c.relkind = 'p' THEN 'partitioned_table' WHEN c.relkind = 'v' THEN 'view'
                            WHEN c.relkind = 'm' THEN 'materialized_view' WHEN c.relkind = 'f' THEN 'foreign_table'
                        END AS kind) AS k
 WHERE n.nspname = ANY ($1::text[]) AND k.kind = ANY ($2::text[]) AND ($3 = '' OR strpos(lower(c.relname), lower($3)) > 0)
 ORDER BY n.nspname, c.relname`;

const Row = z.strictObject({
  schema: z.string().describe('Schema that holds it'),
  name: z.string().describe('Name, unquoted'),
  kind: z.enum(KINDS).describe('What it is'),
  partition_of: z.string().nullable().describe('Of a partition: the table that it is part of'),
  estimated_rows: z.number().nullable().describe('Rows as last counted by ANALYZE or VACUUM; null if never'),
  size_bytes: z.number().nullable().describe('Bytes on disk with indexes and TOAST; null for views'),
  comment: z.string().nullable().describe('COMMENT ON it, if any'),
});

export const listTables = tool({
  name: 'pg_list_tables',
  access: 'read',
  title: 'List tables',
  description:
    'List tables, views and partitions in the schemas that the link reaches, with estimated rows and size.',
  reach: 'sub',
  params: z.strictObject({
    schema: z.string().min(1).max(63).optional().describe('Only this schema'),
    pattern: z
      .string()
      .max(63)
      .default('')
      .describe('Only names that hold these characters, in any case; no wildcards'),
    kinds: z
      .array(z.enum(KINDS))
      .min(1)
      .default(KINDS.filter((kind) => kind !== 'partition'))
      .describe('Only these kinds; partitions are left out unless asked for'),
  }),
  output: z.strictObject({
    tables: z.array(Row).describe('Ordered by schema and name'),
    truncated: z.boolean().optional().describe('Whether there are more'),
    hint: z.string().optional().describe('How to see the rest'),
  }),
  list: 'tables',
  async run({ client, target, limits, signal }, { schema, pattern, kinds }) {
    const schemas =
      schema === undefined ? [...target.scope.schemas] : [reached(schema, target.scope.schemas)];
    const { rows, truncated } = await client.catalog(SQL, [schemas, kinds, pattern], { limits, signal });
    const tables = z.array(Row).parse(rows);
    return truncated
      ? { tables, truncated, hint: 'ask for one schema, a pattern or fewer kinds' }
      : { tables };
  },
});

function reached(schema: string, schemas: readonly string[]): string {
  if (schemas.includes(schema)) return schema;
  throw new ToolError('not_found', `the link reaches no schema ${schema}; it reaches ${schemas.join(', ')}`);
}
