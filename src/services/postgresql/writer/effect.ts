import type {
  Change,
  JsonValue,
  Precheck,
  ReadContext,
  Target,
  UndoStep,
  WriteContext,
  WriteScope,
} from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { Database, Pg } from '../types.ts';
import type { PgWriter } from '../writer.ts';
import { tableAhead } from './ahead.ts';
import { type Answer, answerOf } from './answer.ts';
import { parseWrite } from './statement.ts';
import { afterOf, beforeOf, isTakenBack, takeBack } from './take-back.ts';
import { type Prepared, performWrite, prepareWrite } from './write.ts';

export interface ExecuteArgs {
  readonly sql: string;
  readonly params: readonly JsonValue[];
  readonly max_rows: number;
}

/** What `capture` prepared, for the `run` on the same session. */
const prepared = new WeakMap<PgWriter, Prepared>();

/** Names the table that a write changes. Throws ToolError('query_refused'). */
export async function scopeOf(
  target: Target<Database>,
  { sql, max_rows }: Pick<ExecuteArgs, 'sql' | 'max_rows'>,
): Promise<WriteScope> {
  const { table } = await parseWrite(sql);
  const schema = table.schema ?? onlySchema(target.scope.schemas, table.name);
  return { resources: [`${target.name}.${schema}.${table.name}`], atMost: max_rows };
}

/** Checks the write and locks and reads the rows that it names. Throws ToolError. */
export async function capture(
  { client, target }: WriteContext<Pg>,
  { sql, params, max_rows }: ExecuteArgs,
): Promise<JsonValue> {
  const write = await prepareWrite(client, target.scope.schemas, { sql, params, maxRows: max_rows });
  prepared.set(client, write);
  return beforeOf(write);
}

/** Runs and commits what `capture` prepared. Throws ToolError, and then nothing has changed unless it says so. */
export async function run({ client, recordAfter, signal }: WriteContext<Pg>): Promise<Answer> {
  const write = prepared.get(client);
  if (!write) throw new ToolError('internal', 'the rows were not captured before the write');
  prepared.delete(client);
  const written = await performWrite(client, write);
  const answer = answerOf(write, written);
  await recordAfter(afterOf(write, written));
  refuseIfAborted(signal);
  await client.commit();
  return answer;
}

/** Puts the rows back as they were. Throws ToolError('conflict') when somebody changed one of them since. */
export async function revert(
  { client, target, signal }: WriteContext<Pg>,
  { before, after }: Change<unknown>,
): Promise<void> {
  await takeBack(client, target.scope.schemas, { before, after });
  refuseIfAborted(signal);
  await client.commit();
}

/** Whether the table of a write has the shape that it had, and the role the right to write it again. */
export const precheck = (
  { client, limits, signal }: ReadContext<Pg>,
  { before, how }: UndoStep<unknown>,
): Promise<Precheck> => tableAhead(client, { before, how }, { limits, signal });

/** Whether the rows are as they were before the write. */
export const isBack = (
  { client, target }: WriteContext<Pg>,
  { before, after }: Change<unknown>,
): Promise<boolean> => isTakenBack(client, target.scope.schemas, { before, after });

function onlySchema(schemas: readonly string[], table: string): string {
  const [schema, ...others] = schemas;
  if (schema && others.length === 0) return schema;
  throw new ToolError(
    'query_refused',
    `write the table as schema.${table}: the link reaches the schemas ${schemas.join(', ')}`,
  );
}

function refuseIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new ToolError('cancelled', 'the call was cancelled; nothing has changed');
}
