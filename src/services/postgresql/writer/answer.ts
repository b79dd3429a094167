import type { JsonValue } from '../../../toolset/define.ts';
import { refuse } from '../guard/refuse.ts';
import { type PgType, toJson } from '../read/values.ts';
import { columnNames } from './image.ts';
import type { Returned } from './returning.ts';
import type { Table } from './table.ts';
import type { Prepared, Written } from './write.ts';

export interface Answer {
  readonly command: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly table: string;
  readonly rows_affected: number;
  readonly columns: string[];
  readonly rows: JsonValue[][];
}

/** What the tool says of a write that was done, with what its RETURNING asked for. */
export function answerOf({ statement, table }: Prepared, { touched }: Written): Answer {
  const places = returnedPlaces(table, statement.returning);
  const types = typesOf(table);
  return {
    command: statement.command,
    table: `${table.schema}.${table.name}`,
    rows_affected: touched.length,
    columns: places.map(({ as }) => as),
    rows:
      places.length === 0
        ? []
        : touched.map((row) => places.map(({ at, oid }) => toJson(row[at] ?? null, oid, types))),
  };
}

const typesOf = (table: Table): ReadonlyMap<number, PgType> =>
  new Map(
    table.columns.map(({ oid, type, element }) => [
      oid,
      { name: type, ...(element !== null && { element }) },
    ]),
  );

interface Place {
  readonly as: string;
  readonly at: number;
  readonly oid: number;
}

/**
 * Where each column that RETURNING asks for stands in a row of the table.
 * @throws ToolError('query_refused') when the table has no such column
 */
export function returnedPlaces(table: Table, returning: readonly Returned[]): readonly Place[] {
  const all = table.columns.map(({ name, oid }, at) => ({ as: name, at, oid }));
  return returning.flatMap((item) => {
    if ('all' in item) return all;
    const place = all.find(({ as }) => as === item.column);
    if (!place)
      refuse(
        `RETURNING asks for the column ${item.column}, and the table has ${columnNames(table).join(', ')}`,
      );
    return [{ ...place, as: item.as }];
  });
}
