import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';

/** The GRANTs of the least role that the tools need, as statements to run by hand; `stackward` stands for the role. */
export function adviseRole(component: Component, access: Access): readonly string[] {
  const rights = access === 'write' ? 'SELECT, INSERT, UPDATE, DELETE' : 'SELECT';
  return [
    '-- once: a role that can log in and nothing else',
    'CREATE ROLE stackward LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;',
    ...(access === 'read' ? ['ALTER ROLE stackward SET default_transaction_read_only = on;'] : []),
    '-- no query of it fills the disk with sorts and joins; only a superuser can set this',
    "ALTER ROLE stackward SET temp_file_limit = '10GB';",
    '-- pg_active_queries, pg_locks and pg_top_queries see other sessions with this',
    'GRANT pg_read_all_stats TO stackward;',
    ...[...component.subs].flatMap(([database, entry]) => [
      `-- in database ${quoted(database)}`,
      `GRANT CONNECT ON DATABASE ${quoted(database)} TO stackward;`,
      ...schemasOf(entry.schemas).flatMap((schema) => grants(quoted(schema), rights)),
    ]),
  ];
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const schemasOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const grants = (schema: string, rights: string): readonly string[] => [
  `GRANT USAGE ON SCHEMA ${schema} TO stackward;`,
  `GRANT ${rights} ON ALL TABLES IN SCHEMA ${schema} TO stackward;`,
  `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT ${rights} ON TABLES TO stackward;`,
  ...(rights === 'SELECT' ? [] : [`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO stackward;`]),
];
