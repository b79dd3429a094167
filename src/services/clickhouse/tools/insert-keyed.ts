import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { DatabaseEntry } from '../connection.ts';
import { tableAhead } from '../rights.ts';
import { InsertParams, insertRows, insertScope, openTable } from '../rows.ts';
import { tool } from '../tool.ts';
import { afterKeyed, captureKeyed, isKeyedGone, revertKeyed } from '../way-back.ts';

export const insertKeyed = tool({
  name: 'clickhouse_insert_keyed',
  access: 'write',
  reach: 'sub',
  title: 'Insert rows that have a key',
  description:
    'Add up to 100 rows to one table whose key the topology names. No row may have one of their keys yet. They can be taken back while nobody changed them.',
  appliesTo: (entry) => Object.keys(DatabaseEntry.safeParse(entry).data?.keys ?? {}).length > 0,
  params: InsertParams,
  output: z.strictObject({
    table: z.string(),
    inserted: z.number(),
    reversible: z.boolean().describe('Whether all that the way back needs was recorded'),
  }),
  scope: insertScope,
  effect: {
    kind: 'create',
    way: 'deletes the rows by their keys',
    capture: captureKeyed,
    precheck: (context, { how, args }) =>
      tableAhead(context, args.table, how === 'redo' ? 'INSERT' : 'ALTER DELETE'),
    revert: revertKeyed,
    isBack: isKeyedGone,
  },
  async run(context, args) {
    await openTable(context, args);
    await insertRows(context, args);
    const after = await seenAfter(context, args);
    if (after !== undefined) await context.recordAfter(after);
    return { table: args.table, inserted: args.rows.length, reversible: after !== undefined };
  },
});

/** The rows are there, so a look at them that fails is a gap of the record and no failure of the call. */
async function seenAfter(...[context, args]: Parameters<typeof afterKeyed>) {
  try {
    return await afterKeyed(context, args);
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}
