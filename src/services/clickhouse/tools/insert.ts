import { z } from 'zod';
import { InsertParams, insertRows, insertScope, openTable } from '../rows.ts';
import { tool } from '../tool.ts';

export const insert = tool({
  name: 'clickhouse_insert',
  access: 'write',
  reach: 'sub',
  title: 'Insert rows for good',
  description:
    'Add up to 100 rows to one table. It cannot be taken back, so a human approves each call. Refused: tables that feed materialized views, and engines that pass rows on.',
  params: InsertParams,
  output: z.strictObject({ table: z.string(), inserted: z.number() }),
  scope: insertScope,
  effect: {
    kind: 'create',
    irreversible:
      'ClickHouse rows have no identity, so they could not be told from equal ones and taken out again',
  },
  async run(context, args) {
    await openTable(context, args);
    await insertRows(context, args);
    return { table: args.table, inserted: args.rows.length };
  },
});
