import { z } from 'zod';
import type { Limits } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Rows } from './answer.ts';

/** Settings of a query, as parts of the request's address. */
export type Settings = Readonly<Record<string, string>>;

/** What one read may use at most, where the account’s own profile does not say less. */
const CEILINGS = {
  max_memory_usage: 4 * 2 ** 30,
  max_rows_to_read: 2_000_000_000,
  max_bytes_to_read: 200 * 2 ** 30,
  max_rows_in_join: 50_000_000,
  max_rows_in_set: 50_000_000,
} as const;
/** Most bytes of one result; the shared client gives up an answer over this, too. */
export const MAX_RESULT_BYTES = 16 * 2 ** 20;
/** Settings that a server may lack; each makes something hold there that holds in 18.16 by itself or otherwise. */
const OPTIONAL_FOR_READS: Settings = {
  cancel_http_readonly_queries_on_client_close: '1',
  output_format_json_quote_decimals: '1',
  // A * must not show a column that the query does not name: those are judged by their names.
  asterisk_include_alias_columns: '0',
};
const OPTIONAL_FOR_INSERTS: Settings = {
  // The answer has to mean that the rows are there.
  async_insert: '0',
  // NULL in a column that has none is a mistake and no wish for its default.
  input_format_null_as_default: '0',
  input_format_defaults_for_omitted_fields: '1',
};

/** Names that {@link accountOf} wants to know of `system.settings`. */
export const ASKED: readonly string[] = [
  'readonly',
  'max_execution_time',
  'allow_ddl',
  ...Object.keys(CEILINGS),
  ...Object.keys(OPTIONAL_FOR_READS),
  ...Object.keys(OPTIONAL_FOR_INSERTS),
];

/** What the server says of the component's account. */
export interface Account {
  readonly isReadOnly2: boolean;
  /** Whether it may ALTER and CREATE. */
  readonly allowsDdl: boolean;
  /** Whether the server stops a read whose connection went away. */
  readonly stopsAlone: boolean;
  /** Settings of one read: read only, and bounded in time, rows and memory. */
  readSettings(limits: Pick<Limits, 'rows' | 'deadlineMs'>): Settings;
  writeSettings(limits: Pick<Limits, 'deadlineMs'>): Settings;
}

/**
 * Reads the answer to a question for {@link ASKED}.
 *
 * @returns undefined for an answer of another shape
 * @throws ToolError('permission_denied') for an account with `readonly` 1, which may not bound its own queries
 */
export function accountOf({ rows }: Rows): Account | undefined {
  const settings = z.array(z.tuple([z.string(), z.string()])).safeParse(rows);
  if (!settings.success) return undefined;
  const has = new Map(settings.data);
  const level = has.get('readonly');
  if (level === '1')
    throw new ToolError(
      'permission_denied',
      'the account has readonly = 1 and may set no limits to its queries; give it readonly = 0 and rights to read alone, or readonly = 2',
    );
  const known = (settings: Settings) =>
    Object.fromEntries(Object.entries(settings).filter(([name]) => has.has(name)));
  const least = (name: string, most: number) => {
    const own = Number(has.get(name) ?? 0);
    return `${own > 0 ? Math.min(own, most) : most}`;
  };
  const time = (deadlineMs: number) => ({
    max_execution_time: least('max_execution_time', Math.max(1, Math.ceil(deadlineMs / 1000))),
    timeout_overflow_mode: 'throw',
  });
  return {
    isReadOnly2: level === '2',
    allowsDdl: has.get('allow_ddl') !== '0',
    stopsAlone: has.has('cancel_http_readonly_queries_on_client_close'),
    readSettings: ({ rows: most, deadlineMs }) => ({
      ...(level === '2' ? {} : { readonly: '1' }),
      ...time(deadlineMs),
      ...Object.fromEntries(Object.entries(CEILINGS).map(([name, top]) => [name, least(name, top)])),
      read_overflow_mode: 'throw',
      set_overflow_mode: 'throw',
      join_overflow_mode: 'throw',
      max_result_rows: `${most}`,
      max_result_bytes: `${MAX_RESULT_BYTES}`,
      // Cutting would be silent; rows are cut by a LIMIT, which is not.
      result_overflow_mode: 'throw',
      ...known(OPTIONAL_FOR_READS),
      output_format_json_quote_64bit_integers: '1',
      output_format_json_quote_denormals: '1',
      output_format_json_escape_forward_slashes: '0',
    }),
    writeSettings: ({ deadlineMs }) => ({
      ...time(deadlineMs),
      input_format_skip_unknown_fields: '0',
      input_format_import_nested_json: '0',
      input_format_allow_errors_num: '0',
      input_format_allow_errors_ratio: '0',
      insert_allow_materialized_columns: '0',
      // An insert that equals an earlier one would be left out in silence.
      insert_deduplicate: '0',
      ...known(OPTIONAL_FOR_INSERTS),
    }),
  };
}
