import { z } from 'zod';
import { tool } from '../types.ts';

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

/** Loaded by the first write alone: a parser and a driver are a lot for a list of tools. */
const writing = () => import('../writer/effect.ts');

export const execute = tool({
  name: 'pg_execute',
  access: 'write',
  title: 'Change rows of a table',
  description: DESCRIPTION,
  reach: 'sub',
  params: PARAMS,
  output: OUTPUT,
  list: 'rows',
  async scope(target, args) {
    return (await writing()).scopeOf(target, args);
  },
  effect: {
    kind: 'update',
    way: 'puts the rows back as they were, in one transaction',
    async capture(context, args) {
      return (await writing()).capture(context, args);
    },
    async revert(context, change) {
      return (await writing()).revert(context, change);
    },
    async precheck(context, step) {
      return (await writing()).precheck(context, step);
    },
    async isBack(context, change) {
      return (await writing()).isBack(context, change);
    },
  },
  async run(context) {
    return (await writing()).run(context);
  },
});
