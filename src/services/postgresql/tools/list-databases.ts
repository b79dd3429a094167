import { z } from 'zod';
import { tool } from '../types.ts';

// A size is asked for only where it is allowed; elsewhere the whole query would fail for it.
const SQL = `
SELECT linked.name, d.oid IS NOT NULL AS exists, coalesce(c.reachable, false) AS reachable,
       CASE WHEN c.reachable THEN pg_database_size(d.oid) END::float8 AS size_bytes,
       pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collation
  FROM unnest($1::text[]) WITH ORDINALITY AS linked (name, place)
  LEFT JOIN pg_database d ON d.datname = linked.name,
       LATERAL (SELECT d.datallowconn AND has_database_privilege(d.oid, 'CONNECT') AS reachable) AS c
 ORDER BY linked.place`;

const Row = z.object({
  name: z.string().describe('Name of the database; with the component it makes the target'),
  exists: z.boolean().describe('Whether the server has it'),
  reachable: z.boolean().describe('Whether the component’s role may connect to it'),
  size_bytes: z.number().nullable().describe('Size on disk in bytes; null where it is not reachable'),
  encoding: z.string().nullable().describe('Character encoding, such as UTF8'),
  collation: z.string().nullable().describe('Collation that sorts its text by default'),
});

export const listDatabases = tool({
  name: 'pg_list_databases',
  access: 'read',
  title: 'List linked databases',
  description:
    'List the databases that the links reach, with size, encoding and whether they can be connected to.',
  reach: 'component',
  params: z.strictObject({}),
  output: z.strictObject({
    databases: z
      .array(Row.extend({ schemas: z.array(z.string()).describe('The schemas that the links reach in it') }))
      .describe('The linked databases; others on the server are not shown'),
  }),
  list: 'databases',
  async run({ client, target, limits, signal }) {
    const { rows } = await client.catalog(SQL, [[...target.reach.keys()]], { limits, signal });
    return {
      databases: z
        .array(Row)
        .parse(rows)
        .map((row) => ({ ...row, schemas: [...(target.reach.get(row.name)?.schemas ?? [])] })),
    };
  },
});
