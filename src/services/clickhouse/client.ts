import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Limits } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { createHttpClient, type HttpClient, notThisApi } from '../../toolset/http/client.ts';
import { endTrial } from '../../toolset/trial-end.ts';
import { type Account, ASKED, accountOf, MAX_RESULT_BYTES, type Settings } from './account.ts';
import { parseRows, type Rows } from './answer.ts';
import { failureOf, writeFailureOf } from './failure.ts';
import { type Guarded, guardSelect } from './guard.ts';
import type { ClickHouseTarget } from './scope.ts';
import { Statement, sql } from './sql/statement.ts';

/** How long the account's settings are believed. */
const TRUST_MS = 60_000;
/** How long stopping a query may take after its call ended. */
const STOP_MS = 2_000;
/** Rows of the server's own tables that one question may be answered with. */
const MOST_OWN_ROWS = 50_000;

export interface Options {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** The reading client of one database. Every statement of it runs read only and bounded. */
export interface ClickHouseReader {
  /** What the server says of the account now. Throws ToolError. */
  account(signal: AbortSignal): Promise<Pick<Account, 'isReadOnly2' | 'allowsDdl'>>;
  /** Allows one SELECT. Throws ToolError('query_refused'). */
  guard(text: string, target: ClickHouseTarget, options: Options): Promise<Guarded>;
  /** Runs a statement whose result has at most so many rows. Throws ToolError. */
  rows(statement: Statement, most: number, options: Options): Promise<Rows>;
  /** Runs a statement whose result is no caller's table, such as an EXPLAIN. Throws ToolError. */
  own(statement: Statement, options: Options): Promise<Rows>;
  /** The same, its rows by column. Throws ToolError, also for rows of another shape. */
  records<T>(statement: Statement, row: z.ZodType<T>, options: Options): Promise<readonly T[]>;
}

/** The writing client for one granted call. */
export interface ClickHouseWriter extends ClickHouseReader {
  /** Throws ToolError; `outcome_unknown` where it is not certain that nothing happened. */
  write(statement: Statement, options: Options & { readonly rows?: string }): Promise<void>;
}

export interface ClientOptions {
  readonly url: string;
  /** Hold the credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly warn: (message: string) => void;
}

const API = { name: 'HTTP interface of ClickHouse' } as const;
const ASK_FOR_LESS = 'name fewer columns, or LIMIT the rows';

/** Makes a client that sends reads alone. */
export function createReader(options: ClientOptions): ClickHouseReader {
  const http = httpOf(options, failureOf);
  const account = remembered(async (signal) => {
    const found = await askAccount(http, signal);
    if (found.isReadOnly2)
      options.warn(
        'the account has readonly = 2, so its reads cannot be locked to readonly = 1; give it readonly = 0 and rights to read alone',
      );
    return found;
  });
  const rows: ClickHouseReader['rows'] = async (statement, most, { limits, signal }) => {
    Statement.assert(statement);
    const { readSettings, stopsAlone } = await account(signal);
    const settings = readSettings({ rows: most, deadlineMs: limits.deadlineMs });
    return read(http, statement, { settings, signal, stops: !stopsAlone });
  };
  const own = (statement: Statement, options: Options) => rows(statement, MOST_OWN_ROWS, options);
  const records: ClickHouseReader['records'] = async (statement, row, options) => {
    const { columns, rows: found } = await own(statement, options);
    const named = found.map((cells) =>
      Object.fromEntries(columns.map(({ name }, at) => [name, cells[at] ?? null])),
    );
    const parsed = z.array(row).safeParse(named);
    if (parsed.success) return parsed.data;
    throw notThisApi(API);
  };
  return {
    account: (signal) => askAccount(http, signal),
    guard: (text, target, call) => guardSelect(text, target, (question, row) => records(question, row, call)),
    rows,
    own,
    records,
  };
}

/** Makes a client for one granted call. */
export function createWriter(options: ClientOptions): ClickHouseWriter {
  const reader = createReader(options);
  const http = httpOf(options, writeFailureOf);
  const account = remembered((signal) => askAccount(httpOf(options, failureOf), signal));
  return {
    ...reader,
    async write(statement, { limits, signal, rows }) {
      Statement.assert(statement);
      const { isReadOnly2, writeSettings } = await account(signal);
      if (isReadOnly2)
        throw new ToolError('permission_denied', 'the account has readonly = 2 and may not write');
      const query = pairsOf(writeSettings(limits));
      // Behind FORMAT everything is rows, whatever is in them.
      const text = rows === undefined ? statement.text : `${statement.text}\n${rows}`;
      const answer = z.string();
      await http.ask({ method: 'POST', path: [], query, text, answer, as: 'text', writes: true }, signal);
    },
  };
}

/** Makes a client on which a way back is tried: it sends reads alone, and ends the trial at the first write. */
export const createRehearsal = (options: ClientOptions): ClickHouseWriter => ({
  ...createReader(options),
  write: endTrial,
});

const httpOf = ({ url, headers }: ClientOptions, failure: typeof writeFailureOf): HttpClient =>
  createHttpClient({
    ...API,
    url,
    root: [],
    headers,
    maxBytes: MAX_RESULT_BYTES,
    askForLess: ASK_FOR_LESS,
    failureOf: failure,
    explainsRefusals: true,
  });

async function askAccount(http: HttpClient, signal: AbortSignal): Promise<Account> {
  // Without a setting, because an account that may set none has to be able to say so.
  const statement = sql`SELECT name, value FROM system.settings WHERE name IN ${ASKED}`;
  const account = accountOf(await read(http, statement, { settings: {}, signal, stops: false }));
  if (account) return account;
  throw notThisApi(API);
}

interface Reading {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** Whether the query has to be stopped by name when the call ends early. */
  readonly stops: boolean;
}

async function read(http: HttpClient, statement: Statement, reading: Reading): Promise<Rows> {
  const { settings, signal, stops } = reading;
  const id = randomUUID();
  // The server answers when it is done, so that an error late in a result is not a part of one.
  const query = pairsOf({ ...settings, wait_end_of_query: '1', query_id: id });
  const text = `${statement.text} FORMAT JSONCompact`;
  try {
    const body = await http.ask(
      { method: 'POST', path: [], query, text, answer: z.string(), as: 'text' },
      signal,
    );
    const rows = parseRows(body);
    if (rows) return rows;
    throw failureOf(200, body) ?? notThisApi(API);
  } catch (error) {
    if (stops && signal.aborted) await stop(http, id, settings);
    throw error;
  }
}

/** Servers before 19 go on with a query that nobody waits for. Whether stopping it worked changes nothing for the call. */
async function stop(http: HttpClient, id: string, settings: Settings): Promise<void> {
  const { text } = sql`KILL QUERY WHERE query_id = ${id} ASYNC`;
  const query = pairsOf(settings.readonly === undefined ? {} : { readonly: settings.readonly });
  await http
    .ask(
      { method: 'POST', path: [], query, text, answer: z.string(), as: 'text' },
      AbortSignal.timeout(STOP_MS),
    )
    .catch(() => {});
}

const pairsOf = (settings: Settings): readonly (readonly [string, string])[] => Object.entries(settings);

/** Asks once, and again when the answer is old or the question failed. */
function remembered<T>(ask: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let known: { readonly value: T; readonly until: number } | undefined;
  return async (signal) => {
    if (known && known.until > Date.now()) return known.value;
    const value = await ask(signal);
    known = { value, until: Date.now() + TRUST_MS };
    return value;
  };
}
