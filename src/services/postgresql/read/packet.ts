import { escapeIdentifier } from 'pg';
import { serialize } from 'pg-protocol/dist/serializer.js';
import type { Governed } from './statement.ts';

/** Snapshot and access mode hold for the whole transaction: no later statement can make it write. */
const BEGIN = 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY';
/** Run after the statement, in the same packet: a round trip of their own would cost more than they do. */
export const CLEANING = ['ROLLBACK', 'DISCARD ALL'] as const;

/**
 * The transaction's settings, all local to it. The parser judged the text as it is read under
 * `standard_conforming_strings`. pg_catalog comes first, so that nothing shadows a built-in, and the temporary schema
 * last: unlisted, it would be searched before all others.
 */
function settings({ schemas, timeoutMs }: Governed): Buffer[] {
  const path = ['pg_catalog', ...schemas, 'pg_temp'].map(escapeIdentifier).join(', ');
  const bounds = [path, `${timeoutMs}`, `${timeoutMs}`, `${timeoutMs + 5_000}`];
  return [serialize.bind({ values: bounds }), serialize.execute()];
}

const FIXED = {
  standard_conforming_strings: 'on',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  row_security: 'on',
};
const BOUND = ['search_path', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
const SETTINGS = `SELECT ${[
  ...Object.entries(FIXED).map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`),
  ...BOUND.map((name, at) => `pg_catalog.set_config('${name}', $${at + 1}, true)`),
].join(', ')}`;

/** Parse, Bind and Execute of the unnamed statement, whose rows are not described. */
const whole = (text: string): Buffer[] => [serialize.parse({ text }), serialize.bind(), serialize.execute()];

/** What every packet begins and ends with. */
const HEAD = Buffer.concat([...whole(BEGIN), serialize.parse({ text: SETTINGS })]);
const TAIL = Buffer.concat([...CLEANING.flatMap(whole), serialize.sync()]);

/**
 * All messages of one governed read as the bytes of a single write: the driver would hand them to the socket one by
 * one. The portal gives one row more than asked, to tell whether there were more.
 */
export function packetOf(read: Governed): Buffer {
  return Buffer.concat([
    HEAD,
    ...settings(read),
    serialize.parse({ text: read.sql }),
    serialize.bind({ values: [...read.params] }),
    serialize.describe({ type: 'P' }),
    serialize.execute({ rows: read.rows + 1 }),
    TAIL,
  ]);
}
