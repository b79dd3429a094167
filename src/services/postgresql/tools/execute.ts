import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { type PgWriter, tool } from '../types.ts';
import { answerOf } from '../writer/answer.ts';
import { parseWrite } from '../writer/statement.ts';
import { afterOf, beforeOf, takeBack } from '../writer/take-back.ts';
import { type Prepared, performWrite, prepareWrite } from '../writer/write.ts';

const DESCRIPTION = `Run one INSERT, UPDATE or DELETE on one table of the linked database, in a transaction of its own that can be taken back later.
Refused: UPDATE or DELETE without a WHERE that compares a column; WITH, FROM, USING, ON CONFLICT DO UPDATE; changes of a primary key; tables without a primary key, with triggers or rules; what a foreign key would pass on to other rows; more rows than max_rows.`;

const PARAMS = z.strictObject({
  sql: z
    .string()
    .min(1)
    .max(65_536)
    .describe('One INSERT, UPDATE or DELETE; values may be $1, $2 ... with params'),
  params: z.array(z.json()).max(1000).default([]).describe('Values for $1, $2 ... in order'),
  max_rows: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('The most rows that may change; one more and nothing changes'),
});

const OUTPUT = z.strictObject({
  command: z.enum(['INSERT', 'UPDATE', 'DELETE']).describe('What was done'),
  table: z.string().describe('The table as schema.table'),
  rows_affected: z.int().describe('Number of rows inserted, updated or deleted'),
  columns: z.array(z.string()).describe('Names of the columns that RETURNING asked for'),
  rows: z.array(z.array(z.unknown())).describe('What RETURNING asked for, one array a row'),
  truncated: z.boolean().optional().describe('Whether `rows` was cut; the write itself was not'),
  hint: z.string().optional().describe('How to read what was cut'),
});

/** What `capture` prepared, for the `run` on the same session. */
const prepared = new WeakMap<PgWriter, Prepared>();

export const execute = tool({
  name: 'pg_execute',
  access: 'write',
  title: 'Change rows of a table',
  description: DESCRIPTION,
  reach: 'sub',
  params: PARAMS,
  output: OUTPUT,
  list: 'rows',
  async scope(target, { sql, max_rows }) {
    const { table } = await parseWrite(sql);
    const schema = table.schema ?? onlySchema(target.scope.schemas, table.name);
    return { resources: [`${target.name}.${schema}.${table.name}`], atMost: max_rows };
  },
  effect: {
    kind: 'update',
    async capture({ client, target }, { sql, params, max_rows }) {
      const write = await prepareWrite(client, target.scope.schemas, { sql, params, maxRows: max_rows });
      prepared.set(client, write);
      return beforeOf(write);
    },
    async revert({ client, target, signal }, { before, after }) {
      await takeBack(client, target.scope.schemas, { before, after });
      refuseIfAborted(signal);
      await client.commit();
    },
  },
  async run({ client, recordAfter, signal }) {
    const write = prepared.get(client);
    if (!write) throw new ToolError('internal', 'the rows were not captured before the write');
    prepared.delete(client);
    const written = await performWrite(client, write);
    await recordAfter(afterOf(write, written));
    refuseIfAborted(signal);
    await client.commit();
    return answerOf(write, written, client.read);
  },
});

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
