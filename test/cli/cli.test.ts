import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { chainPath, listSegments } from '../../src/audit/layout.ts';
import { run as runBare } from './run.ts';

const DATABASE = 'cli_shop';
let dir: string;
let file: string;
let env: Record<string, string>;

const topology = (port: number) => `stack: shop
components:
  app: {type: application}
  triage: {type: agent}
  idle: {type: agent}
  db:
    type: postgresql
    host: 127.0.0.1
    port: ${port}
    approval: writes
    credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}
    databases: {${DATABASE}: {}}
    tests:
      there: {steps: [{tool: pg_query, args: {sql: select * from notes}, expect: [{at: rows, items_at_least: 1}]}]}
      lost: {steps: [{tool: pg_query, args: {sql: select * from notes}, expect: [{at: rows, items_at_least: 9}]}]}
links:
  - {from: app, to: db, type: queries}
  - {from: triage, to: db, type: queries, access: read}
`;

const run = (...argv: string[]) => runBare(argv, env);
const on = (...argv: string[]) => run(...argv, '--topology', file);
const json = async (...argv: string[]) => {
  const ran = await on(...argv, '--json');
  return { ...ran, value: JSON.parse(ran.out) };
};

beforeAll(async () => {
  const { port, user, password } = inject('postgres');
  const admin = async (database: string, ...statements: string[]) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await admin('postgres', `drop database if exists ${DATABASE} with (force)`, `create database ${DATABASE}`);
  await admin(
    DATABASE,
    'create table notes (id int primary key, text text)',
    "insert into notes values (1, 'one')",
  );
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'stackward-cli-'));
  file = join(dir, 'topology.yaml');
  const { port, user, password } = inject('postgres');
  await writeFile(file, topology(port));
  env = { DB_USER: user, DB_PASSWORD: password };
  return () => rm(dir, { recursive: true, force: true });
});
afterAll(async () => {
  const { port, user, password } = inject('postgres');
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' });
  await client.connect();
  await client.query(`drop database if exists ${DATABASE} with (force)`);
  await client.end();
});

test('help names every command and the exit codes; the version is the package’s', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const word of [
    'serve',
    'check',
    'tools',
    'call',
    'test',
    'audit',
    'approve',
    'token',
    'demo',
    'Exit codes',
  ])
    expect(out).toContain(word);
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect((await run('--version')).out.trim()).toBe(version);
  expect(await run('call', '--help')).toMatchObject({ code: 0 });
});

test.each([
  [['nonsense']],
  [['call']],
  [['check', '--nonsense']],
  [['audit', 'tail', '--lines', '0']],
  [['audit', 'tail', '--lines', 'ten']],
  [['demo', '--port', '70000']],
  [['serve', '--http', 'nowhere:port']],
  [['serve', '--as', 'nobody']],
  [['tools', '--as', 'nobody']],
  [['token', 'create', 'nobody']],
  [['token', 'revoke', 'none']],
  [['call', 'pg_query', 'no-equals-sign']],
  [['call', 'pg_query', '--args', '[1]']],
  [['call', 'pg_query', '--args', '{']],
  [['audit', 'query', '--outcome', 'fine']],
  [['audit', 'query', '--since', 'yesterday']],
  [['audit', 'export', '--format', 'xml']],
  [['audit', 'export', '--format', 'jsonl', '--tool', 'pg_query']],
])('%j is wrong usage: 2, a word to standard error, nothing to standard output', async (argv) => {
  const ran = await runBare(argv, { ...env, STACKWARD_TOPOLOGY: file });
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err.trim()).not.toBe('');
  expect(ran.err).not.toContain('    at ');
});

test('tools --every needs no topology and names each tool with its effect and way back', async () => {
  const { code, out } = await run('tools', '--every', '--json');
  expect(code).toBe(0);
  const { tools } = JSON.parse(out) as { tools: { tool: string; access: string; way_back?: string }[] };
  expect(tools.find(({ tool }) => tool === 'pg_query')).toEqual({
    tool: 'pg_query',
    service: 'postgresql',
    layer: 'data',
    access: 'read',
    title: expect.any(String),
  });
  expect(tools.find(({ tool }) => tool === 'pg_execute')).toMatchObject({
    effect: 'update',
    reversible: true,
    way_back: 'puts the rows back as they were, in one transaction',
    read_back: 'always',
  });
  expect(tools.find(({ tool }) => tool === 'kafka_produce')).toMatchObject({
    reversible: false,
    way_back: 'a consumer may read the message at once',
  });
  expect(tools.filter(({ access, way_back }) => (access === 'write') !== (way_back !== undefined))).toEqual(
    [],
  );
  const { out: shown } = await run('tools', '--every');
  expect(shown).toContain('pg_query  read');
  expect(shown).toContain('taken back: puts the rows back as they were, in one transaction');
  expect(shown).toMatch(/ticket_open .*read back except: a webhook shows no tickets/);
});

test('tools counts what its list costs a model', async () => {
  const { value } = await json('tools');
  expect(value.tokens).toBeGreaterThan(100);
  expect(value.bytes).toBeGreaterThan(value.tokens);
  expect((await on('tools')).out).toMatch(/\d+ bytes, \d+ tokens/);
});

test('test: runs what the topology declares, says what does not hold, and fails', async () => {
  const ran = await on('test');
  expect(ran.code).toBe(1);
  expect(ran.out).toMatch(/passed {2}there/);
  expect(ran.out).toMatch(/failed {2}lost/);
  expect(ran.out).toContain('items_at_least wants 9');
  expect((await json('test', 'db')).value).toMatchObject({
    passed: false,
    components: [{ component: 'db' }],
  });
  expect(await on('test', 'app')).toMatchObject({
    code: 2,
    err: expect.stringContaining('declares no tests'),
  });
});

test('check: a topology with errors is shown with file, line and column, all at once', async () => {
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('type: queries', 'type: eats').replace('triage,', 'nobody,'),
  );
  const { code, out } = await on('check');
  expect(code).toBe(2);
  expect(out).toMatch(/topology\.yaml:17:\d+/);
  expect(out).toMatch(/topology\.yaml:18:\d+/);
  const told = await json('check');
  expect(told.value).toMatchObject({ ok: false, problems: [{ line: 17 }, { line: 18 }] });
});

test('check: a topology that is not there is said to be not there', async () => {
  const ran = await run('check', '--topology', join(dir, 'none.yaml'));
  expect(ran.code).toBe(2);
  expect(ran.out + ran.err).toContain('none.yaml');
});

test('check: what holds, what is unset, what is malformed, what to grant', async () => {
  const good = await on('check');
  expect(good).toMatchObject({ code: 0 });
  expect(good.out).toMatch(/4 components, 2 links/);
  env = { DB_USER: 'x', MCP_DB_WRITE_ACCESS: 'yes', MCP_ELSE_WRITE_ACCESS: 'true' };
  const { code, value } = await json('check');
  expect(code).toBe(1);
  const said = value.findings
    .map((one: { level: string; message: string }) => `${one.level} ${one.message}`)
    .join('\n');
  expect(said).toMatch(/error MCP_DB_WRITE_ACCESS is neither/);
  expect(said).toMatch(/warning MCP_ELSE_WRITE_ACCESS is set, but/);
  expect(said).toMatch(/warning .*DB_PASSWORD.* not set/);
  expect(said).toMatch(/advice /);
});

test('check --connect: the true password connects, a wrong one fails and is not shown', async () => {
  expect(await on('check', '--connect')).toMatchObject({ code: 0 });
  env = { ...env, DB_PASSWORD: 'wrong-and-secret' };
  const { code, out, err } = await on('check', '--connect');
  expect(code).toBe(1);
  expect(out).toMatch(/login_failed/);
  expect(out + err).not.toContain('wrong-and-secret');
});

test('tools: each with the link and flag behind it; absent ones with the reason; another file compared', async () => {
  const bare = await on('tools');
  expect(bare.code).toBe(0);
  expect(bare.out).toMatch(/pg_query {2}read/);
  expect(bare.out).toMatch(/link app -> db \(queries\) at .*topology\.yaml:17/);
  expect(bare.out).not.toContain('pg_execute');
  expect((await on('tools', '--absent')).out).toMatch(
    /absent pg_execute on db\/cli_shop.*MCP_DB_WRITE_ACCESS is not set/,
  );
  expect((await on('tools', '--as', 'idle')).out).not.toContain('pg_query');
  expect((await on('tools', '--as', 'idle', '--absent')).out).toMatch(/no link from idle reaches db/);
  env = { ...env, MCP_DB_WRITE_ACCESS: 'true' };
  expect((await on('tools')).out).toMatch(/pg_execute.*\n.*write flag MCP_DB_WRITE_ACCESS=true/);
  expect((await on('tools', '--as', 'triage')).out).not.toContain('pg_execute');
  const other = join(dir, 'other.yaml');
  await writeFile(other, (await readFile(file, 'utf8')).replace(/ {2}- \{from: app.*\n/, ''));
  const { value } = await json('tools', '--diff', other);
  expect(value.added).toEqual([]);
  expect(value.removed).toMatchObject([{ tool: 'pg_execute', target: 'db/cli_shop' }]);
});

test('call: done 0, failed 1, denied 3; pairs and --args mean the same', async () => {
  const pairs = await on('call', 'pg_query', 'sql=select 1 as n');
  expect(pairs).toMatchObject({ code: 0, err: expect.not.stringContaining('error') });
  const args = await on('call', 'pg_query', '--args', '{"sql": "select 1 as n"}');
  expect(JSON.parse(args.out)).toEqual(JSON.parse(pairs.out));
  const numbered = await on('call', 'pg_query', 'sql=select $1::int + 1 as n', 'params=[41]');
  expect(numbered.out).toContain('42');
  const failed = await on('call', 'pg_query', 'sql=select * from no_such_table');
  expect(failed.code).not.toBe(0);
  expect(await on('call', 'pg_query', 'sql=select 1/0')).toMatchObject({ code: 1, out: '' });
  expect(await on('call', 'pg_query', 'sql=drop table notes')).toMatchObject({ code: 3 });
  const denied = await on('call', 'pg_execute', 'sql=delete from notes where id = 1');
  expect(denied).toMatchObject({ code: 3 });
  expect(denied.err).toMatch(/MCP_DB_WRITE_ACCESS is not set/);
  expect(await on('call', 'pg_query', 'sql=select 1', '--as', 'nobody')).toMatchObject({ code: 3 });
  expect((await json('call', 'pg_query', 'sql=select 1')).value).toMatchObject({
    outcome: 'ok',
    seq: expect.any(Number),
  });
});

test('a write waits for a human: asked 4, approved, done once; refused stays refused', async () => {
  env = { ...env, MCP_DB_WRITE_ACCESS: 'true' };
  const write = (id: number) => on('call', 'pg_execute', `sql=insert into notes values (${id}, 'new')`);
  const waiting = async () => (await json('approve')).value as { id: string }[];
  expect((await on('approve')).out).toMatch(/Nothing waits/);
  expect(await write(100)).toMatchObject({ code: 4 });
  expect((await on('approve')).out).toMatch(/stack wants pg_execute on db\/cli_shop[\s\S]*insert into notes/);
  const [asked] = await waiting();
  expect(await on('approve', asked?.id ?? '', '--by', 'ada', '--reason', 'fine')).toMatchObject({ code: 0 });
  expect(await waiting()).toEqual([]);
  expect(await write(100)).toMatchObject({ code: 0 });
  expect(await write(100)).toMatchObject({ code: 4 });
  expect(await write(101)).toMatchObject({ code: 4 });
  const refused = (await waiting()).at(-1);
  expect(await on('approve', refused?.id ?? '', '--refuse', '--reason', 'no')).toMatchObject({ code: 0 });
  expect(await write(101)).toMatchObject({ code: 3 });
  expect((await on('approve', refused?.id ?? '')).code).toBe(1);
  expect((await on('approve', 'aaaaaaaaaaaa')).code).toBe(1);
  const { out } = await on('audit', 'tail', '-n', '100');
  expect(out).toMatch(/approval_decided ada .*"decision":"approved"/);
});

test('what a human is asked to approve shows what would hide, and obeys nothing', async () => {
  env = { ...env, MCP_DB_WRITE_ACCESS: 'true' };
  const sql = `insert into notes values (7, 'x\u202etxt\u009b2J')`;
  expect(await on('call', 'pg_execute', '--args', JSON.stringify({ sql }))).toMatchObject({
    code: 4,
    err: expect.stringContaining('approval'),
  });
  for (const { out } of [
    await on('approve'),
    await on('approve', '--json'),
    await on('audit', 'tail'),
    await on('audit', 'tail', '--json'),
    await on('audit', 'query', '--json'),
  ])
    for (const hidden of ['\u202e', '\u001b', '\u009b']) expect(out).not.toContain(hidden);
});

test('audit: what the calls left is shown, found, verified and written out', async () => {
  await on('call', 'pg_query', 'sql=select 1');
  await on('call', 'pg_query', 'sql=select 1', '--as', 'triage');
  await on('call', 'pg_nothing');
  expect((await on('audit', 'tail')).out).toMatch(/-> stack .*pg_query[\s\S]*<- ok/);
  expect((await on('audit', 'tail', '-n', '1')).out.trim().split('\n')).toHaveLength(1);
  const query = async (...more: string[]) => (await json('audit', 'query', ...more)).value as unknown[];
  expect(await query('--principal', 'triage')).toHaveLength(1);
  expect(await query('--outcome', 'denied')).toHaveLength(1);
  expect(await query('--tool', 'pg_query')).toHaveLength(2);
  expect(await query('--tool', 'pg_query', '--limit', '1')).toHaveLength(1);
  expect(await query('--target', 'db/cli_shop')).toHaveLength(2);
  expect(await query('--since', '2999-01-01T00:00:00Z')).toEqual([]);
  const verified = await on('audit', 'verify');
  expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/holds[\s\S]*verified \d+ records/) });

  const jsonl = await on('audit', 'export');
  expect(jsonl.code).toBe(0);
  for (const line of jsonl.out.trim().split('\n')) expect(JSON.parse(line)).toBeTypeOf('object');
  const csv = join(dir, 'out.csv');
  expect(await on('audit', 'export', '--format', 'csv', '-o', csv)).toMatchObject({ code: 0, out: '' });
  expect((await readFile(csv, 'utf8')).split('\n').length).toBeGreaterThan(3);
  const again = await on('audit', 'export', '--format', 'csv', '-o', csv);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining('is there already') });
  expect(
    JSON.parse((await on('audit', 'export', '--format', 'json', '--tool', 'pg_query')).out),
  ).toHaveLength(2);
});

test('audit verify ends with 1 when a record was edited, and names the line', async () => {
  await on('call', 'pg_query', 'sql=select 1');
  const { value } = await json('audit', 'verify');
  const chain = chainPath(join(dir, '.stackward', 'audit'), value.chains[0].chain);
  const [segment = ''] = await listSegments(chain);
  const text = await readFile(join(chain, segment), 'utf8');
  await writeFile(join(chain, segment), text.replace('select 1', 'select 2'));
  const ran = await on('audit', 'verify');
  expect(ran.code).toBe(1);
  expect(ran.out).toMatch(/BROKEN[\s\S]*\.jsonl:\d+: /);
});

test('audit verify compares with a copy of a checkpoint, and says what is wrong with one that is none', async () => {
  const copies = join(dir, 'copies');
  const copying = { ...env, STACKWARD_AUDIT_COPIES: copies };
  for (const sql of ['sql=select 1', 'sql=select 2'])
    await runBare(['call', 'pg_query', sql, '--topology', file], copying);
  const [copy = ''] = (await readdir(copies)).sort().reverse();
  const ran = await on('audit', 'verify', '--checkpoint', join(copies, copy));
  expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(/checkpoints over all chains/) });
  await rm(join(dir, '.stackward', 'audit', 'checkpoints'), { recursive: true });
  expect(await on('audit', 'verify')).toMatchObject({ code: 0 });
  const cut = await on('audit', 'verify', '--checkpoint', join(copies, copy));
  expect(cut).toMatchObject({ code: 1, out: expect.stringContaining('an older state was put back') });
  await writeFile(join(copies, 'none.json'), '{}');
  const none = await on('audit', 'verify', '--checkpoint', join(copies, 'none.json'));
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining('not a checkpoint') });
});

test('audit on a folder that was never used says nothing and does no harm', async () => {
  expect(await on('audit', 'tail')).toMatchObject({ code: 0, out: '' });
  expect(await on('audit', 'query')).toMatchObject({ code: 0, out: '' });
});

test('token: one takes the place of another, which works for the overlap', async () => {
  const { value: old } = await json('token', 'create', 'triage');
  const { value: next } = await json('token', 'create', '--replaces', old.id, '--overlap', '30m');
  expect(next).toMatchObject({ principal: 'triage', replaces: { id: old.id } });
  const left = Date.parse(next.replaces.until) - Date.now();
  expect(left).toBeGreaterThan(29 * 60_000);
  expect(left).toBeLessThanOrEqual(30 * 60_000);
  const { value: listed } = await json('token', 'list');
  const ends = (id: string) => listed.find((one: { id: string }) => one.id === id).expires;
  expect(Date.parse(ends(old.id))).toBeLessThanOrEqual(Date.parse(next.replaces.until));
  expect(ends(next.id)).toBe(next.expires);
  for (const wrong of [
    ['stack', '--replaces', old.id],
    ['--replaces', '00000000'],
    ['triage', '--overlap', '1h'],
    [],
  ])
    expect((await on('token', 'create', ...wrong)).code).toBe(2);
  for (const { id } of [old, next]) await on('token', 'revoke', id);
});

test.each([
  [['--oidc-issuer', 'https://id.example'], /--oidc-audience/],
  [['--oidc-audience', 'https://here.example/mcp'], /--oidc-audience says nothing without --oidc-issuer/],
  [
    ['--oidc-issuer', 'http://id.example', '--oidc-audience', 'https://here.example/mcp'],
    /--oidc-issuer is no https/,
  ],
  [
    ['--oidc-issuer', 'https://id.example', '--oidc-audience', 'https://u:p@here.example/mcp'],
    /--oidc-audience is no https/,
  ],
  [
    [
      '--oidc-issuer',
      'https://id.example',
      '--oidc-audience',
      'https://here.example/mcp',
      '--oidc-scope',
      'a b',
    ],
    /--oidc-scope is one scope/,
  ],
])('serve %j is wrong usage, and says which setting', async (options, message) => {
  const { code, err } = await on('serve', '--http', '0', ...options);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('token: made once, listed without its value, revoked once', async () => {
  const { value: made } = await json('token', 'create', 'triage', '--days', '2');
  expect(made.token.length).toBeGreaterThan(20);
  const listed = await on('token', 'list');
  expect(listed.out).toContain(made.id);
  expect(listed.out).not.toContain(made.token);
  expect(await on('token', 'create', 'stack')).toMatchObject({ code: 0 });
  expect(await on('token', 'revoke', made.id)).toMatchObject({ code: 0 });
  expect((await json('token', 'list')).value).toHaveLength(1);
});

test('versions, drift and a rollback that a human approves step by step', async () => {
  env.MCP_DB_WRITE_ACCESS = 'true';
  const { port, user, password } = inject('postgres');
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: DATABASE });
  await client.connect();
  const textNow = async () => (await client.query('select text from notes where id = 1')).rows[0].text;
  const approved = async (...argv: string[]) => {
    const [waiting] = (await json('approve')).value;
    expect((await on('approve', waiting.id, '--reason', 'a test')).code).toBe(0);
    return on(...argv);
  };
  try {
    await client.query("update notes set text = 'one' where id = 1");
    const before = (await json('versions', 'list')).value.versions[0].number;
    const update = ['call', 'pg_execute', "sql=update notes set text = 'two' where id = 1"];
    expect((await on(...update)).code).toBe(4);
    expect((await approved(...update)).code).toBe(0);
    expect(await textNow()).toBe('two');

    const listed = await on('versions', 'list');
    expect(listed.out).toMatch(/write .*pg_execute on db/);
    const shown = (await json('versions', 'show', String(before + 1))).value;
    expect(shown).toMatchObject({ cause: 'write', tool: 'pg_execute', before: { command: 'UPDATE' } });
    expect((await on('versions', 'show', String(before), '--show-topology')).out).toBe(
      await readFile(file, 'utf8'),
    );
    expect((await on('versions', 'verify')).out).toContain('all sound');

    const plan = await on('rollback', String(before), '--plan');
    expect(plan).toMatchObject({ code: 0, out: expect.stringContaining('take back pg_execute on db') });
    expect(await textNow()).toBe('two');
    expect(await on('rollback', String(before))).toMatchObject({
      code: 3,
      err: expect.stringContaining('--yes'),
    });

    const stopped = await on('rollback', String(before), '--yes', '--json');
    expect(stopped.code).toBe(1);
    const { id, results } = JSON.parse(stopped.out);
    expect(results).toMatchObject([
      { result: 'failed', detail: expect.stringContaining('stackward approve') },
    ]);
    const resumed = await approved('rollback', '--resume', id);
    expect(resumed.out).toContain(`the stack is at version ${before}`);
    expect(resumed.code).toBe(0);
    expect(await textNow()).toBe('one');
    expect((await on('rollback', '--resume', id)).code).toBe(1);
  } finally {
    await client.end();
  }
});

test('snapshot, keep, prune, export and import', async () => {
  expect((await json('snapshot', '--note', 'now')).value).toMatchObject({ captured: ['db'], missed: {} });
  expect(await on('drift')).toMatchObject({ code: 0, out: expect.stringContaining('nothing differs') });
  const latest = (await json('versions', 'list')).value.versions[0].number;
  expect((await json('versions', 'keep', String(latest), '--reason', 'release')).value).toEqual({
    kept: { [latest]: 'release' },
  });
  expect((await json('versions', 'prune', '--before', '99', '--dry-run')).value).toMatchObject({
    first: latest,
  });
  const out = join(dir, 'export.jsonl');
  expect((await on('versions', 'export', '-o', out)).code).toBe(0);
  const taken = await run('versions', 'import', out, '--data', join(dir, 'elsewhere'), '--json');
  expect(JSON.parse(taken.out)).toMatchObject({ versions: latest });
  for (const wrong of [['versions', 'show', 'x'], ['versions', 'diff', '0'], ['rollback']])
    expect((await on(...wrong)).code).toBe(2);
});
