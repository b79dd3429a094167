import { afterEach, expect, test } from 'vitest';
import { connector } from '../../../src/services/clickhouse/connect.ts';
import { tableAhead } from '../../../src/services/clickhouse/rights.ts';
import { NO_STACK } from '../../harness/no-stack.ts';
import { recordingServer } from '../prometheus/fixture.ts';
import { connectionOf, LIMITS } from './lab.ts';

/** Servers that grant rights by table are newer than the one that the other tests run; these answer as their documentation says. */
type Rows = readonly (readonly unknown[])[];
type Grant = readonly [
  type: string,
  database: string | null,
  table: string | null,
  column?: string | null,
  cut?: 1,
];
let server: Awaited<ReturnType<typeof recordingServer>> | undefined;
afterEach(() => server?.close());

const NAMES: Readonly<Record<string, string>> = {
  settings: 'name value',
  tables:
    'name engine partition_key sorting_key primary_key sampling_key dependencies_database dependencies_table',
  columns: 'name type default_kind default_expression comment',
  grants: 'access_type database table column is_partial_revoke',
  version: 'version',
};

async function ahead(
  need: 'INSERT' | 'ALTER DELETE',
  grants: readonly Grant[] | 'hidden',
  settings: Rows = [['readonly', '0']],
) {
  server = await recordingServer(({ body }, response) => {
    const of = /FROM system\.(\w+)/.exec(body)?.[1] ?? 'version';
    if (of === 'grants' && grants === 'hidden') {
      response.writeHead(403).end('Code: 497. DB::Exception: changing: Not enough privileges');
      return;
    }
    const rows: Readonly<Record<string, Rows>> = {
      settings,
      tables: [['t', 'MergeTree', '', 'id', 'id', '', [], []]],
      columns: [['id', 'UInt64', '', '', '']],
      grants:
        grants === 'hidden'
          ? []
          : grants.map(([type, database, table, column = null, cut = 0]) => [
              type,
              database,
              table,
              column,
              cut,
            ]),
      version: [['25.3.1.1']],
    };
    const meta = (NAMES[of] ?? '').split(' ').map((name) => ({ name, type: 'String' }));
    response.writeHead(200).end(JSON.stringify({ meta, data: rows[of] ?? [] }));
  });
  const connection = connectionOf({ port: Number(new URL(server.url).port), user: 'u', password: 'p-4711' });
  const at = { component: 'olap', sub: 'shop', entry: {}, connection, limits: LIMITS, warn: () => {} };
  const { client } = await connector.openReader(at);
  const target = { name: 'olap/shop', component: 'olap', sub: 'shop', scope: {}, reach: new Map() };
  const { signal } = new AbortController();
  return tableAhead(
    { client, target, signal, limits: LIMITS, principal: 'tester', stack: NO_STACK },
    't',
    need,
  );
}

const held: readonly Grant[][] = [
  [['ALTER DELETE', 'shop', 't']],
  [['ALTER DELETE', 'shop', null]],
  [['ALTER TABLE', 'shop', 't']],
  [['ALTER', null, null]],
  [['ALL', null, null]],
  [
    ['SELECT', 'shop', 't', 'id', 1],
    ['ALL', null, null],
  ],
];
test.each(held)('%j is enough to delete rows', async (...grants) => {
  expect(await ahead('ALTER DELETE', grants)).toEqual({});
});

const lacking: readonly Grant[][] = [
  [],
  [['INSERT', 'shop', 't']],
  [['ALTER UPDATE', 'shop', 't']],
  [['ALTER DELETE', 'shop', 'other']],
  [['ALTER DELETE', 'vault', null]],
];
test.each(lacking.map((grants) => ({ grants })))('$grants is not', async ({ grants }) => {
  expect(await ahead('ALTER DELETE', grants)).toEqual({
    obstacles: ['the account lacks ALTER DELETE on shop.t; stackward check prints the GRANTs'],
  });
});

test('rows that are made again need INSERT', async () => {
  expect(await ahead('INSERT', [['INSERT', 'shop', null]])).toEqual({});
  await server?.close();
  expect(await ahead('INSERT', [['ALTER', 'shop', null]])).toMatchObject({
    obstacles: [expect.stringContaining('lacks INSERT on shop.t')],
  });
});

const open: readonly Grant[][] = [
  [
    ['ALTER', 'shop', null],
    ['ALTER DELETE', 'shop', 't', null, 1],
  ],
  [['ALTER DELETE', 'shop', 't', 'id']],
  [['ALTER DELETE', 'sh*', null]],
  [['ALTER DELETE', 'shop', 't*']],
];
test.each(open.map((grants) => ({ grants })))('$grants is not judged, and it is said', async ({ grants }) => {
  expect(await ahead('ALTER DELETE', grants)).toEqual({
    untried: [
      expect.stringMatching(/^whether the account has ALTER DELETE on shop\.t: its grants are in part/),
    ],
  });
});

test('grants that may not be read are not made up', async () => {
  expect(await ahead('ALTER DELETE', 'hidden')).toEqual({
    untried: [expect.stringContaining('does not let it read system.grants')],
  });
});

test('an account that may only read may not, whatever it is granted', async () => {
  expect(await ahead('INSERT', [['ALL', null, null]], [['readonly', '2']])).toEqual({
    obstacles: ['the account has readonly = 2 and may not write'],
  });
});
