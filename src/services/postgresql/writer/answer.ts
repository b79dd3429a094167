import type { JsonValue } from '../../../toolset/define.ts';
import { refuse } from '../guard/refuse.ts';
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

/** Turns the text of one value into JSON, by the OID of its type. */
export type ReadValue = (oid: number, text: string) => JsonValue;

/** What the tool says of a write that was done, with what its RETURNING asked for. */
export function answerOf({ statement, table }: Prepared, { touched }: Written, read: ReadValue): Answer {
  const places = returnedPlaces(table, statement.returning);
  return {
    command: statement.command,
    table: `${table.schema}.${table.name}`,
    rows_affected: touched.length,
    columns: places.map(({ as }) => as),
    rows:
      places.length === 0
        ? []
        : touched.map((row) =>
            places.map(({ at, oid }) => {
              const text = row[at] ?? null;
              return text === null ? null : read(oid, text);
            }),
          ),
  };
}

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
