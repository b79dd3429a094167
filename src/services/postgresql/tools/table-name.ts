import { ToolError } from '../../../toolset/errors.ts';

const PART = '("(?:[^"]|"")+"|[^".]+)';
const NAME = new RegExp(`^(?:${PART}\\.)?${PART}$`, 'u');

/**
 * Reads `table` or `schema.table`. Unlike in SQL, a part without quotes is taken as it is written, case and all.
 * @throws ToolError('invalid_arguments')
 */
export function splitName(text: string): { schema?: string; table: string } {
  const [, schema, table] = NAME.exec(text) ?? [];
  if (!table)
    throw new ToolError('invalid_arguments', `${text} is not a table name; write table or schema.table`);
  return { ...(schema !== undefined && { schema: unquote(schema) }), table: unquote(table) };
}

const unquote = (part: string): string =>
  part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
