import { refuse } from '../guard/refuse.ts';
import type { WriteStatement } from './statement.ts';
import { quotedName, type Table } from './table.ts';

/** Bits of pg_trigger.tgtype (src/include/catalog/pg_trigger.h): what a trigger fires on. */
const FIRES_ON = { INSERT: 4, DELETE: 8, UPDATE: 16 } as const;

type Write = Pick<WriteStatement, 'command' | 'assigned' | 'table'>;

/**
 * Refuses a write whose effect could not be taken back row by row: one that reaches rows of other tables, or rows
 * that no key names.
 * @throws ToolError('query_refused'), naming the trigger, rule or foreign key
 */
export function mustBeReversible(table: Table, statement: Write): void {
  mustBePlainTable(table, statement);
  mustKeepKey(table, statement);
  mustNotFire(table, statement);
  mustNotCascade(table, statement);
}

function mustBePlainTable(table: Table, statement: Write): void {
  const name = quotedName(table);
  if (table.kind !== 'r' && table.kind !== 'p')
    refuse(`${name} is not a table; write to the table that holds the rows`);
  if (table.kindsInTree.some((kind) => kind !== 'r' && kind !== 'p'))
    refuse(`${name} has a foreign table among its partitions, which cannot be written in one transaction`);
  if (table.inherited && statement.command !== 'INSERT' && !statement.table.only)
    refuse(`other tables inherit from ${name}; write ONLY ${name}, or name the table that holds the rows`);
  if (table.key.length === 0)
    refuse(`${name} has no primary key, so that its rows could not be found again to take the write back`);
}

function mustKeepKey(table: Table, { command, assigned }: Write): void {
  const moved = assigned.filter((column) => table.key.includes(column));
  if (moved.length > 0)
    refuse(
      `${command} sets the primary key (${moved.join(', ')}); INSERT the new row and DELETE the old one`,
    );
}

function mustNotFire(table: Table, { command }: Write): void {
  const rule = table.obstacles.find(({ kind }) => kind === 'rule');
  if (rule) refuse(`the rule ${rule.name} rewrites statements on ${quotedName(table)}`);
  // Taking back an INSERT is a DELETE and the other way round; moving between partitions is both.
  const rowMoves = command !== 'UPDATE' || table.kind === 'p' ? FIRES_ON.INSERT | FIRES_ON.DELETE : 0;
  const mask = rowMoves | (command === 'UPDATE' ? FIRES_ON.UPDATE : 0);
  const triggers = table.obstacles.filter(
    ({ kind, firesOn }) => kind === 'trigger' && (firesOn & mask) !== 0,
  );
  if (triggers.length > 0)
    refuse(
      `${quotedName(table)} has triggers (${triggers.map(({ name }) => name).join(', ')}), whose effects could not be taken back`,
    );
}

function mustNotCascade(table: Table, { command, assigned }: Write): void {
  const passesOn = table.obstacles.find(
    ({ kind, columns }) =>
      (command === 'DELETE' && kind === 'delete') ||
      (command === 'UPDATE' && kind === 'update' && columns.some((column) => assigned.includes(column))),
  );
  if (passesOn)
    refuse(
      `the foreign key ${passesOn.name} of ${passesOn.other} passes the ${command} on to other rows, which could not be taken back; change those rows first`,
    );
}
