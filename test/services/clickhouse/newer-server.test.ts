import { afterEach, expect, test } from 'vitest';
import { connector } from '../../../src/services/clickhouse/connect.ts';
import { guardSelect } from '../../../src/services/clickhouse/guard.ts';
import { insert } from '../../../src/services/clickhouse/tools/insert.ts';
import { insertKeyed } from '../../../src/services/clickhouse/tools/insert-keyed.ts';
import { query } from '../../../src/services/clickhouse/tools/query.ts';
import { tables } from '../../../src/services/clickhouse/tools/tables.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { recordingServer } from '../prometheus/fixture.ts';
import { connectionOf, LIMITS } from './lab.ts';

/** What servers do that are newer than the one that the other tests run, by their published sources. */
type Rows = readonly (readonly unknown[])[];
let server: Awaited<ReturnType<typeof recordingServer>> | undefined;
afterEach(() => server?.close());

const SETTINGS: Rows = [['readonly', '0']];
const TABLE: Rows = [['t', 'MergeTree', '', 'id', 'id', '', [], []]];
const column = (name: string, type: string, kind = '') => [name, type, kind, '', ''];
const COLUMNS: Rows = [column('id', 'UInt64'), column('raw', 'String', 'EPHEMERAL'), column('n', 'UInt8')];

const NAMES: Readonly<Record<string, string>> = {
  tables:
    'name engine partition_key sorting_key primary_key sampling_key dependencies_database dependencies_table',
  columns: 'name type default_kind default_expression comment',
};

/** Answers by the system table that a statement asks; what is about none of them is for `rest`. */
async function open(rest: (statement: string) => { status?: number; body?: string; rows?: Rows }) {
  server = await recordingServer(({ body }, response) => {
    const of = /FROM system\.(\w+)/.exec(body)?.[1] ?? '';
    const own: Readonly<Record<string, Rows>> = { settings: SETTINGS, tables: TABLE, columns: COLUMNS };
    const { status = 200, rows = own[of] ?? [], body: text } = rest(body) ?? {};
    const names = NAMES[of]?.split(' ') ?? (rows[0] ?? []).map((_, at) => `c${at}`);
    const meta = names.map((name) => ({ name, type: 'String' }));
    response.writeHead(status).end(text ?? JSON.stringify({ meta, data: rows }));
  });
  const connection = connectionOf({ port: Number(new URL(server.url).port), user: 'u', password: 'p-4711' });
  return openToolLab({ connector, connection, subs: { shop: { keys: { t: 'id' } } }, limits: LIMITS });
}

const error = (code: number, words: string) => `Code: ${code}. DB::Exception: ${words} (version 25.3)`;

test.each([
  [516, 'u: Authentication failed', 'login_failed', /user or password/],
  [497, 'u: Not enough privileges', 'permission_denied', /GRANTs/],
])(
  'an account that is refused by code %i with status 403 is told why',
  async (code, words, expected, why) => {
    const lab = await open(() => ({ status: 403, body: error(code, words) }));
    const refused = { code: expected, message: expect.stringMatching(why) };
    await expect(lab.read(tables, 'shop', {})).rejects.toMatchObject(refused);
    await expect(lab.write(insert, 'shop', { table: 't', rows: [{ id: 1 }] })).rejects.toMatchObject(refused);
  },
);

test.each([
  [403, '<html>', 'permission_denied'],
  [403, error(497, 'x'), 'permission_denied'],
  [403, error(512, 'x'), 'permission_denied'],
  [500, error(252, 'x'), 'outcome_unknown'],
])('a write that is answered %i %s', async (status, body, code) => {
  const lab = await open((statement) => (statement.startsWith('INSERT') ? { status, body } : {}));
  await expect(lab.write(insert, 'shop', { table: 't', rows: [{ id: 1 }] })).rejects.toMatchObject({ code });
});

test('an EPHEMERAL column is not selected, which no server lets happen', async () => {
  const lab = await open((statement) =>
    statement.includes('`raw`') ? { status: 404, body: error(47, 'x') } : {},
  );
  const { output } = await lab.write(insertKeyed, 'shop', { table: 't', rows: [{ id: 1 }] });
  expect(output.inserted).toBe(1);
});

test('rows of another shape than was asked for are no fault of ours', async () => {
  const odd = await open((statement) => (statement.includes('system.') ? { rows: [[1, 2, 3]] } : {}));
  await expect(odd.read(tables, 'shop', {})).rejects.toMatchObject({ code: 'backend_failed' });
});

test('rows that are there are reported so, whatever the look at them ends in', async () => {
  let isWritten = false;
  const lab = await open((statement) => {
    isWritten ||= statement.startsWith('INSERT');
    return isWritten && statement.includes('system.columns') ? { rows: [[1, 2, 3, 4, 5]] } : {};
  });
  const { output } = await lab.write(insertKeyed, 'shop', { table: 't', rows: [{ id: 1 }] });
  expect(output).toMatchObject({ inserted: 1, reversible: false });
});

test('one value of many megabytes is a value', async () => {
  const lab = await open((statement) =>
    statement.includes('system.') ? {} : { rows: [['x'.repeat(12 * 2 ** 20)]] },
  );
  const { rows } = await lab.read(query, 'shop', { sql: 'select 1' });
  expect(rows[0]?.[0]).toHaveLength(12 * 2 ** 20);
});

test.each(['`far.size0`', 't.`far.size0`', 'far.size0', '`t.far`'])(
  'a part of an ALIAS column, %s, is judged with it',
  async (name) => {
    const lab = openToolLab({
      connector,
      connection: connectionOf({ port: 1, user: 'u', password: 'p-4711' }),
      subs: { shop: {} },
      limits: LIMITS,
    });
    const guarded = guardSelect(`select ${name} from t`, lab.target('shop'), async ({ text }, row) => {
      const found = text.includes('ALIAS')
        ? { table: 't', name: 'far', default_expression: "dictGet('vault.d', 'x', id)" }
        : { name: 't', engine: 'MergeTree', create_table_query: '' };
      return [row.parse(found)];
    });
    await expect(guarded).rejects.toMatchObject({ code: 'query_refused' });
  },
);
