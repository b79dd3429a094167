import { ToolError } from '../../toolset/errors.ts';
import type { Described } from './catalog.ts';
import type { InsertParams } from './rows.ts';
import type { ClickHouseTarget } from './scope.ts';
import { quoteText } from './sql/quote.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The column by which the topology says that rows of a table are told apart. Throws ToolError('invalid_arguments'). */
export function keyColumnOf({ scope, name }: ClickHouseTarget, table: string): string {
  const column = Object.hasOwn(scope.keys ?? {}, table) ? scope.keys?.[table] : undefined;
  if (column !== undefined) return column;
  const known = Object.keys(scope.keys ?? {}).join(', ');
  throw new ToolError('invalid_arguments', `keys of ${name} names no key of ${table}; it does for: ${known}`);
}

/**
 * The keys of the rows as literals of a statement, each different.
 *
 * @throws ToolError('invalid_arguments') where a row has none, two have the same, or one does not fit the column
 */
export function keysOf({ rows }: InsertParams, key: string, { columns }: Described): readonly string[] {
  const type = columns.find(({ name }) => name === key)?.type;
  if (type === undefined)
    throw new ToolError('conflict', `the topology names the key ${key}, which the table does not have`);
  const keys = rows.map((row) => literalOf(Object.hasOwn(row, key) ? row[key] : undefined, key, type));
  if (new Set(keys).size < keys.length)
    throw new ToolError('invalid_arguments', `two rows have the same ${key}; each needs its own`);
  return keys;
}

function literalOf(value: unknown, key: string, type: string): string {
  const plain = /^LowCardinality\((\w+)\)$/.exec(type)?.[1] ?? type;
  const whole = /^(U?)Int(8|16|32|64)$/.exec(plain);
  const text = typeof value === 'string' ? value : undefined;
  if (whole) {
    const number = typeof value === 'number' && Number.isSafeInteger(value) ? `${value}` : text;
    // A number that does not fit is taken for another one by the server, and so for another row.
    if (number !== undefined && /^(0|-?[1-9]\d{0,19})$/.test(number) && fitsInto(number, whole))
      return number;
  } else if (plain === 'String' && text !== undefined && text !== '') return quoteText(text);
  else if (plain === 'UUID' && text !== undefined && UUID.test(text)) return quoteText(text);
  else if (plain !== 'String' && plain !== 'UUID')
    throw new ToolError(
      'conflict',
      `the key ${key} has the type ${type}; the way back works with whole numbers, UUID and String`,
    );
  throw new ToolError('invalid_arguments', `every row needs a ${key} that fits ${type}, in its plain form`);
}

function fitsInto(number: string, [, unsigned, bits]: readonly (string | undefined)[]): boolean {
  const size = Number(bits);
  const value = BigInt(number);
  return unsigned ? BigInt.asUintN(size, value) === value : BigInt.asIntN(size, value) === value;
}
