import { z } from 'zod';
import type { Precheck } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { describe } from './catalog.ts';
import { databaseOf, tableIn } from './scope.ts';
import { sql } from './sql/statement.ts';
import type { Reading } from './tool.ts';

/** What a step needs, with the wider rights that hold it. */
const HELD_BY = {
  INSERT: ['INSERT', 'ALL'],
  'ALTER DELETE': ['ALTER DELETE', 'ALTER TABLE', 'ALTER', 'ALL'],
} as const;
type Need = keyof typeof HELD_BY;

/** The first servers on which rights are granted by table; before, an account's settings alone say what it may. */
const GRANTS_SINCE = 20;

/** @see https://clickhouse.com/docs/operations/system-tables/grants */
const Grant = z.object({
  access_type: z.string(),
  database: z.string().nullable(),
  table: z.string().nullable(),
  column: z.string().nullable(),
  is_partial_revoke: z.number(),
});
type Grant = z.output<typeof Grant>;

/**
 * Whether the table is there and the account may write to it what a step does. Throws ToolError, 'not_found' for a
 * table that went.
 */
export async function tableAhead(context: Reading, table: string, need: Need): Promise<Precheck> {
  const { client, target, signal, limits } = context;
  await describe(client, target, table, { signal, limits });
  const { isReadOnly2, allowsDdl } = await client.account(signal);
  if (isReadOnly2) return { obstacles: ['the account has readonly = 2 and may not write'] };
  if (need === 'ALTER DELETE' && !allowsDdl)
    return { obstacles: ['the account has allow_ddl = 0, and rows are deleted by an ALTER'] };
  return grantsAhead(context, table, need);
}

async function grantsAhead(context: Reading, table: string, need: Need): Promise<Precheck> {
  const { client, target, signal, limits } = context;
  const [server] = await client.records(sql`SELECT version() AS version`, Version, { signal, limits });
  if (Number.parseInt(server?.version ?? '', 10) < GRANTS_SINCE) return {};
  const at = { database: databaseOf(target), table: tableIn(target, table) };
  const what = `${need} on ${at.database}.${at.table}`;
  const grants = await grantsOf(context);
  const may = grants && isGranted(grants, need, at);
  if (may) return {};
  if (may === false) return { obstacles: [`the account lacks ${what}; stackward check prints the GRANTs`] };
  const why = grants ? 'its grants are in part revoked, or of other forms than are judged here' : NOT_SHOWN;
  return { untried: [`whether the account has ${what}: ${why}`] };
}
const Version = z.object({ version: z.string() });
const NOT_SHOWN = 'the server does not let it read system.grants';

/** The grants of the account and of its roles; undefined where it may not look. */
async function grantsOf({ client, signal, limits }: Reading): Promise<readonly Grant[] | undefined> {
  const statement = sql`SELECT toString(access_type) AS access_type, database, table, column, is_partial_revoke FROM system.grants WHERE user_name = currentUser() OR role_name IN (SELECT role_name FROM system.enabled_roles)`;
  try {
    return await client.records(statement, Grant, { signal, limits });
  } catch (error) {
    const isHidden = error instanceof ToolError && ['permission_denied', 'not_found'].includes(error.code);
    if (isHidden) return undefined;
    throw error;
  }
}

/** Undefined where it depends on what is not judged here: a revoked part, some columns, or a beginning of names. */
function isGranted(
  grants: readonly Grant[],
  need: Need,
  at: { readonly database: string; readonly table: string },
): boolean | undefined {
  const held: ReadonlySet<string> = new Set(HELD_BY[need]);
  const isNamed = (pattern: string | null, name: string) => pattern === null || pattern === name;
  const isBeginning = (pattern: string | null) => pattern?.endsWith('*') === true;
  const own = grants.filter(
    ({ access_type, database, table }) =>
      held.has(access_type) &&
      (isBeginning(database) || isNamed(database, at.database)) &&
      (isBeginning(table) || isNamed(table, at.table)),
  );
  if (own.length === 0) return false;
  const isOdd = ({ database, table, column }: Grant) =>
    column !== null || isBeginning(database) || isBeginning(table);
  const isCut = own.some(({ is_partial_revoke }) => is_partial_revoke !== 0);
  return isCut || own.every(isOdd) ? undefined : true;
}
