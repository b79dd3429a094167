import { z } from 'zod';
import type { PgReader, StatementOptions } from './types.ts';

const ROLE = `
select r.rolsuper as superuser, r.rolcreaterole as createrole, r.rolcreatedb as createdb,
  r.rolreplication as replication, r.rolbypassrls as bypassrls,
  coalesce((select jsonb_agg(m.rolname order by m.rolname) from pg_roles m
    where m.rolname = any($1::text[]) and not r.rolsuper and pg_has_role(r.oid, m.oid, 'member')), '[]') as member_of,
  d.datdba = r.oid as owns_database,
  (select count(*)::int from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any($2::text[]) and c.relkind in ('r', 'p') and c.relowner = r.oid) as owned_tables
from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`;

const Role = z.object({
  superuser: z.boolean(),
  createrole: z.boolean(),
  createdb: z.boolean(),
  replication: z.boolean(),
  bypassrls: z.boolean(),
  member_of: z.array(z.string()),
  owns_database: z.boolean(),
  owned_tables: z.number(),
});

/** Predefined roles that reach the server's files, programs, sessions or every table. */
const MIGHTY = [
  'pg_checkpoint',
  'pg_create_subscription',
  'pg_database_owner',
  'pg_execute_server_program',
  'pg_maintain',
  'pg_read_all_data',
  'pg_read_server_files',
  'pg_signal_backend',
  'pg_write_all_data',
  'pg_write_server_files',
];

/** What an operator should know of the role that a component logs in as: each way in which it can more than read. */
export async function warnings(
  reader: PgReader,
  schemas: readonly string[],
  options: StatementOptions,
): Promise<readonly string[]> {
  const { rows } = await reader.catalog(ROLE, [MIGHTY, [...schemas]], options);
  const role = Role.parse(rows[0]);
  const attributes = (['superuser', 'createrole', 'createdb', 'replication', 'bypassrls'] as const)
    .filter((name) => role[name])
    .map(
      (name) =>
        `The role has the attribute ${name.toUpperCase()}; take it away with ALTER ROLE ... NO${name.toUpperCase()}.`,
    );
  const memberships = role.member_of.map(
    (name) => `The role is a member of ${name}; take it away with REVOKE ${name} FROM ....`,
  );
  return [
    ...attributes,
    ...memberships,
    ...(role.owns_database
      ? ['The role owns the database; give it to another role with ALTER DATABASE ... OWNER TO.']
      : []),
    ...(role.owned_tables > 0
      ? [
          `The role owns ${role.owned_tables} tables in ${schemas.join(', ')}: grants and row security do not bind an owner.`,
        ]
      : []),
  ];
}
