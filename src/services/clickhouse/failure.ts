import { type ErrorCode, ToolError } from '../../toolset/errors.ts';

/**
 * What a server's error codes mean, in our words: its own could quote data or what the link does not reach.
 *
 * @see https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const BY_CODE: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  60: ['not_found', 'the database has no such table; clickhouse_tables lists what there is'],
  81: ['not_found', 'the server has no such database'],
  6: ['query_failed', 'a value is no text of the type that the query asks for'],
  16: ['not_found', 'the table has no such column; clickhouse_describe lists them'],
  62: ['query_failed', 'this version of the server does not know a form that the query uses'],
  115: ['backend_failed', 'the server does not know a setting that every call needs; it is older than 18.16'],
  158: [
    'result_too_large',
    'the query would read too many rows; narrow it by the columns of the sorting key',
  ],
  159: ['timeout', 'the server stopped the query at the call’s deadline; ask for less'],
  160: ['timeout', 'the server expects the query to take longer than the call’s deadline; ask for less'],
  164: ['permission_denied', 'the server holds the component’s account to read only'],
  192: ['login_failed', 'the server refused user or password; check the component’s credentials'],
  193: ['login_failed', 'the server refused user or password; check the component’s credentials'],
  194: ['login_failed', 'the server refused user or password; check the component’s credentials'],
  195: ['login_failed', 'the server refuses the component’s user from this address'],
  516: ['login_failed', 'the server refused user or password; check the component’s credentials'],
  202: ['too_busy', 'the server runs as many queries as it may; try again later'],
  209: ['timeout', 'the server gave the connection up'],
  241: [
    'query_failed',
    'the query needs more memory than it may use; ask for less, or group by fewer values',
  ],
  291: ['permission_denied', 'the component’s account has no right to the database'],
  307: ['result_too_large', 'the query would read too many bytes; narrow it, or name fewer columns'],
  394: ['cancelled', 'the query was stopped at the server'],
  396: ['result_too_large', 'the result is too large; name fewer columns or rows'],
  452: ['permission_denied', 'a constraint of the account’s settings forbids a limit that every call sets'],
  497: [
    'permission_denied',
    'the component’s account has no right to this; stackward check prints the GRANTs',
  ],
};

/**
 * Codes of a query's analysis, whose words only repeat the query: unknown names and functions, types and arguments
 * that do not fit.
 */
const REPEATS_THE_QUERY = new Set([
  10, 35, 36, 42, 43, 44, 46, 47, 48, 53, 63, 133, 179, 184, 206, 207, 215, 352, 386, 403,
]);
/** Codes that say that the server, and not the query, is at fault. */
const SERVERS_OWN = new Set([
  74, 75, 76, 173, 198, 210, 225, 228, 242, 243, 252, 254, 279, 319, 999, 1000, 1001, 1002,
]);
/** Codes with which an INSERT ended before a row of it was written. */
const NOTHING_WRITTEN = new Set([
  6, 7, 16, 20, 25, 26, 27, 32, 33, 38, 41, 44, 47, 50, 53, 60, 62, 69, 70, 72, 81, 115, 117, 131, 164, 192,
  193, 194, 195, 202, 291, 349, 376, 441, 452, 497, 516,
]);
const MOST_WORDS = 300;

/** The number that the server gives an error; undefined where the body is not one of its errors. */
export function codeOf(body: string): number | undefined {
  const [, code] =
    /^(?:[\s\S]{0,4000}?"exception": "|\s*)(?:Poco::Exception\. )?Code: (\d{1,6})[.,]/.exec(body) ?? [];
  return code === undefined ? undefined : Number(code);
}

/** What a response that is no success means; undefined where it is not ClickHouse's own. */
export function failureOf(_status: number, body: string): ToolError | undefined {
  const code = codeOf(body);
  if (code === undefined) return undefined;
  if (REPEATS_THE_QUERY.has(code)) return new ToolError('query_failed', `${wordsOf(body)} (code ${code})`);
  const known = BY_CODE[code];
  if (known) return new ToolError(known[0], `${known[1]} (code ${code})`);
  return SERVERS_OWN.has(code)
    ? new ToolError('backend_failed', `the server failed with its error code ${code}`)
    : new ToolError('query_failed', `the server could not run the query: its error code ${code}`);
}

/** What such a response to a write means. */
export function writeFailureOf(status: number, body: string): ToolError | undefined {
  const code = codeOf(body);
  if (code !== undefined && NOTHING_WRITTEN.has(code)) {
    const known = BY_CODE[code];
    return known && code !== 62
      ? new ToolError(known[0], `${known[1]} (code ${code}); nothing was written`)
      : new ToolError(
          'query_failed',
          `the server could not read the rows as the table’s columns (code ${code}); nothing was written`,
        );
  }
  // Whoever is refused so, by a proxy or by the server, has written nothing.
  if (status === 401 || status === 403) return undefined;
  return new ToolError(
    'outcome_unknown',
    `the server answered a write with status ${status}${code === undefined ? '' : ` and its error code ${code}`}; look before doing it again`,
  );
}

function wordsOf(body: string): string {
  const [, words = ''] =
    /DB::Exception: ([\s\S]*?)(?:, e\.what\(\)| \([A-Z_0-9]+\)(?: \(version|\s*$)|$)/.exec(body) ?? [];
  const line = words.replace(/\s+/g, ' ').trim();
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line;
}
