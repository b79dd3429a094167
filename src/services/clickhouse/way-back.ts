import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { Change, JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { type Described, describe } from './catalog.ts';
import { keyColumnOf, keysOf } from './key.ts';
import { type InsertParams, openTable } from './rows.ts';
import { databaseOf, tableIn } from './scope.ts';
import { quoteName } from './sql/quote.ts';
import { Statement } from './sql/statement.ts';
import type { Writing } from './tool.ts';

const POLL_MS = 100;
/** Engines that keep every row as it was inserted; the others merge rows into each other. */
const KEEPS_ROWS = /^(?:Replicated|Shared)?MergeTree$/;
/** Columns that hold nothing; an EPHEMERAL one cannot even be selected. */
const UNSTORED = /^(?:ALIAS|EPHEMERAL)$/;

const After = z.strictObject({ digest: z.string() });

/** The rows of a call, by their keys. */
interface Keyed {
  readonly count: number;
  readonly table: string;
  /** `key IN (...)`, with every literal checked and quoted. */
  readonly condition: string;
  /** Every stored column, quoted. */
  readonly columns: string;
}

/** Makes sure that the rows can be found again. Throws ToolError, and then nothing was written. */
export async function captureKeyed(context: Writing, args: InsertParams): Promise<JsonValue> {
  const described = await openTable(context, args);
  if (!KEEPS_ROWS.test(described.table.engine))
    throw new ToolError(
      'conflict',
      `${args.table} has the engine ${described.table.engine}, which merges rows into each other, so they could not be taken back`,
    );
  const keyed = keyedOf(context, args, described);
  const { count } = await seen(context, keyed);
  if (count > 0)
    throw new ToolError('conflict', `${args.table} has ${count} row(s) with these keys; nothing was written`);
  return { rows: 0 };
}

/** What the way back needs to know the rows again; undefined where others with their keys came in between. */
export async function afterKeyed(context: Writing, args: InsertParams): Promise<JsonValue | undefined> {
  const keyed = keyedOf(context, args, await tableOf(context, args));
  const { count, digest } = await seen(context, keyed);
  return count === keyed.count ? { digest } : undefined;
}

/** Takes the rows out again. Throws ToolError('conflict') unless they are as the write left them. */
export async function revertKeyed(context: Writing, { args, after }: Change<InsertParams>): Promise<void> {
  const keyed = keyedOf(context, args, await tableOf(context, args));
  const { count, digest } = await seen(context, keyed);
  if (count === 0) return;
  const left = After.safeParse(after);
  if (!left.success)
    throw new ToolError('conflict', 'rows with these keys are there, and it was not recorded whose they are');
  if (count !== keyed.count || digest !== left.data.digest)
    throw new ToolError(
      'conflict',
      `somebody changed rows of ${args.table} with these keys; they stay as they are`,
    );
  const { client, signal, limits } = context;
  await client.write(Statement.of(`ALTER TABLE ${keyed.table} DELETE WHERE ${keyed.condition}`), {
    signal,
    limits,
  });
  await gone(context, args, keyed);
}

/** Whether no row has one of the keys, as none had before. */
export async function isKeyedGone(context: Writing, { args }: Change<InsertParams>): Promise<boolean> {
  const { count } = await seen(context, keyedOf(context, args, await tableOf(context, args)));
  return count === 0;
}

const tableOf = ({ client, target, signal, limits }: Writing, { table }: InsertParams) =>
  describe(client, target, table, { signal, limits });

function keyedOf({ target }: Writing, args: InsertParams, described: Described): Keyed {
  const key = keyColumnOf(target, args.table);
  const keys = keysOf(args, key, described);
  const stored = described.columns.filter(({ default_kind }) => !UNSTORED.test(default_kind));
  return {
    count: keys.length,
    table: `${quoteName(databaseOf(target))}.${quoteName(tableIn(target, args.table))}`,
    condition: `${quoteName(key)} IN (${keys.join(', ')})`,
    columns: [key, ...stored.map(({ name }) => name)].map(quoteName).join(', '),
  };
}

/** How many rows have the keys, and what they hold. */
async function seen({ client, signal, limits }: Writing, keyed: Keyed) {
  const { table, condition, columns, count } = keyed;
  // One more than there should be is enough to know.
  const rows = Statement.of(
    `SELECT ${columns} FROM ${table} WHERE ${condition} ORDER BY ${columns} LIMIT ${count + 1}`,
  );
  const found = await client.own(rows, { signal, limits });
  const digest = createHash('sha256').update(JSON.stringify(found.rows)).digest('hex');
  return { count: found.rows.length, digest };
}

/** A mutation works behind the answer, so the rows are looked for until none is left. */
async function gone(context: Writing, { table }: InsertParams, keyed: Keyed): Promise<void> {
  const { signal } = context;
  try {
    while ((await seen(context, keyed)).count > 0) await setTimeout(POLL_MS, undefined, { signal });
  } catch (error) {
    throw new ToolError(
      'outcome_unknown',
      `the server was told to delete the rows of ${table} and had not finished; look before doing it again`,
      { cause: error },
    );
  }
}
