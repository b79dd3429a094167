import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { DatabaseEntry } from './connection.ts';
import { fits, isOwnDatabase, TableName } from './names.ts';

export type ClickHouseTarget = Target<DatabaseEntry>;

/** The target's database. Comes from the topology alone. Throws ToolError without one, and for the server's own. */
export function databaseOf({ sub, component }: ClickHouseTarget): string {
  if (sub === undefined) throw new ToolError('target_required', `name one database of ${component}`);
  if (isOwnDatabase(sub))
    throw new ToolError('not_linked', `${sub} is the server’s own database, which no link reaches`);
  return sub;
}

/** Whether the target leaves a table of its database open. */
export const reaches = ({ scope }: ClickHouseTarget, table: string): boolean =>
  TableName.safeParse(table).success &&
  (scope.tables === undefined || scope.tables.some((pattern) => fits(pattern, table)));

/** A table's name, once it was found inside the target. Throws ToolError('not_linked'). */
export function tableIn(target: ClickHouseTarget, table: string): string {
  if (reaches(target, table)) return table;
  const open = target.scope.tables?.join(', ') ?? 'every table of it but inner ones';
  throw new ToolError('not_linked', `table ${table} is outside ${target.name}, which reaches: ${open}`);
}
