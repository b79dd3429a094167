import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from './run.ts';

const TOPOLOGY = `stack: shop
components:
  orders-db:
    type: postgresql
    host: {env: ORDERS_DB_HOST}
    credentials: {user: {env: ORDERS_DB_USER}, password: {env: ORDERS_DB_PASSWORD}}
    databases: {orders: {}}
  cache: {type: redis, host: 127.0.0.1, credentials: {password: {env: CACHE_PASSWORD}}, prefixes: {all: {match: 'a:'}}}
  web: {type: application}
  triage: {type: agent}
links:
  - {from: web, to: cache, type: uses}
  - {from: triage, to: orders-db, type: queries}
`;
const COMMAND = ['--', 'node', '/opt/stackward/dist/main.js'];

let home: string;
let topology: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'stackward-install-'));
  topology = join(home, 'topology.yaml');
  await writeFile(topology, TOPOLOGY);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const stackward = (...argv: string[]) => run(argv, { HOME: home });
const install = (client: string, ...more: string[]) =>
  stackward('install', client, '-t', topology, '--as', 'triage', ...more, ...COMMAND);
const cursorFile = () => join(home, '.cursor', 'mcp.json');
const readJson = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

describe('install', () => {
  test('writes the entry with the variables of the agent’s own links, by name', async () => {
    const { code, out } = await install('cursor');
    expect(code).toBe(0);
    expect(await readJson(cursorFile())).toEqual({
      mcpServers: {
        stackward: {
          type: 'stdio',
          command: 'node',
          args: [
            '/opt/stackward/dist/main.js',
            'serve',
            '--topology',
            topology,
            '--as',
            'triage',
            '--tools-limit',
            '40',
          ],
          env: {
            ORDERS_DB_HOST: '$' + '{env:ORDERS_DB_HOST}',
            ORDERS_DB_PASSWORD: '$' + '{env:ORDERS_DB_PASSWORD}',
            ORDERS_DB_USER: '$' + '{env:ORDERS_DB_USER}',
          },
        },
      },
    });
    expect(out).toContain(cursorFile());
    expect(out).toContain('credentials.password of orders-db');
    expect(out).toMatch(/\d+ tools\nNext: /);
  });

  test('is idempotent, and uninstall takes it out again', async () => {
    await mkdir(join(home, '.cursor'));
    const before = '{\n  "mcpServers": {\n    "other": {"command": "x"}\n  }\n}\n';
    await writeFile(cursorFile(), before);
    await install('cursor');
    const text = await readFile(cursorFile(), 'utf8');
    const again = await install('cursor', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ change: 'unchanged', others: ['other'] });
    expect(await readFile(cursorFile(), 'utf8')).toBe(text);
    expect((await stackward('uninstall', 'cursor')).out).toContain('taken out');
    expect(await readFile(cursorFile(), 'utf8')).toBe(before);
    expect((await stackward('uninstall', 'cursor')).out).toContain('is not there');
  });

  test('--dry-run and --print touch nothing', async () => {
    expect((await install('cursor', '--dry-run')).out).toContain('would be added');
    const { out } = await install('cursor', '--print');
    expect(JSON.parse(out).mcpServers.stackward.command).toBe('node');
    await expect(readFile(cursorFile())).rejects.toThrow(/ENOENT/);
  });

  test('--link prints what the client opens', async () => {
    const { out } = await install('vscode', '--link');
    const config = JSON.parse(decodeURIComponent(out.trim().replace('vscode:mcp/install?', '')));
    expect(config).toMatchObject({ name: 'stackward', type: 'stdio', command: 'node' });
    expect(config.inputs).toHaveLength(3);
    const refused = await install('windsurf', '--link');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('cursor and vscode do')]);
  });

  test('the data directory, the approvals and a write flag are handed on', async () => {
    const flags = ['--flag', 'MCP_ORDERS_DB_WRITE_ACCESS=true', '--data', 'data', '--operator-approval'];
    const { out } = await install('claude-code', ...flags, '--print');
    const { args, env } = JSON.parse(out).mcpServers.stackward;
    expect(args).toEqual(
      expect.arrayContaining(['--data', join(process.cwd(), 'data'), '--operator-approval']),
    );
    expect(env.MCP_ORDERS_DB_WRITE_ACCESS).toBe('true');
  });

  test('an environment file stands for the variables, once it has them all', async () => {
    const file = join(home, 'orders.env');
    await writeFile(file, 'ORDERS_DB_HOST=db\nORDERS_DB_USER=u\n', { mode: 0o600 });
    const lacking = await install('claude-desktop', '--env-file', file);
    expect([lacking.code, lacking.err]).toEqual([
      2,
      expect.stringContaining('lacks:\n  ORDERS_DB_PASSWORD: credentials.password of orders-db'),
    ]);
    await writeFile(file, 'ORDERS_DB_HOST=db\nORDERS_DB_USER=u\nORDERS_DB_PASSWORD=geheim\n');
    const { code, out, err } = await install('claude-desktop', '--env-file', file, '--print');
    expect([code, err]).toEqual([0, '']);
    const { args, env } = JSON.parse(out).mcpServers.stackward;
    expect(args).toEqual(expect.arrayContaining(['--env-file', file]));
    expect(env).toBeUndefined();
    expect(out).not.toContain('geheim');
    await chmod(file, 0o644);
    expect((await install('claude-desktop', '--env-file', file, '--print')).err).toContain('chmod 600');
  });

  test('a client that cannot list so many tools is told how they are listed', async () => {
    expect((await install('cursor', '--tools-limit', '5', '--dry-run')).out).toMatch(
      /\d+ tools, listed as a directory of 3/,
    );
  });

  test('over HTTP', async () => {
    const http = (...more: string[]) => stackward('install', 'cursor', '--print', ...more);
    const entry = async (...more: string[]) => JSON.parse((await http(...more)).out).mcpServers.stackward;
    expect(await entry('--url', 'http://127.0.0.1:8414')).toEqual({ url: 'http://127.0.0.1:8414/mcp' });
    expect(await entry('--url', 'https://s.example.org/mcp')).toEqual({
      url: 'https://s.example.org/mcp',
      headers: { Authorization: 'Bearer $' + '{env:STACKWARD_TOKEN}' },
    });
    expect(
      (await entry('--url', 'http://127.0.0.1:8414', '--token-env', 'T')).headers.Authorization,
    ).toContain('T}');
  });
});

describe('is refused with exit code 2, and changes nothing', () => {
  test.each<[string, () => Promise<{ code: number; err: string }>, string]>([
    ['an unknown client', () => install('emacs'), 'claude-desktop, claude-code, cursor, vscode, windsurf'],
    [
      'a scope that a client has not',
      () => install('windsurf', '--scope', 'project'),
      '--scope may be: user',
    ],
    ['a name that no tool could bear', () => install('cursor', '--name', 'x'.repeat(40)), 'takes at most'],
    ['an odd name', () => install('cursor', '--name', '__proto__'), 'beginning with a letter'],
    ['a name of Claude Code’s own', () => install('claude-code', '--name', 'workspace'), 'for itself'],
    [
      'an agent that is not drawn',
      () => stackward('install', 'cursor', '-t', topology, '--as', 'bob'),
      'no agent',
    ],
    ['another value than a flag', () => install('cursor', '--flag', 'PASSWORD=geheim'), 'no write flag'],
    ['a value to pass', () => install('cursor', '--pass', 'TOKEN=geheim'), 'no name of a variable'],
    [
      'a token in clear text over the net',
      () => stackward('install', 'cursor', '--url', 'http://s.example.org/mcp'),
      'clear text',
    ],
    [
      'credentials in the address',
      () => stackward('install', 'cursor', '--url', 'https://u:p@s.example.org/mcp'),
      'no address',
    ],
    [
      'an option that the server decides',
      () => stackward('install', 'cursor', '--url', 'http://127.0.0.1:1', '--as', 'triage'),
      '--as does not go with --url',
    ],
  ])('%s', async (_what, refused, words) => {
    const { code, err } = await refused();
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
    await expect(readFile(cursorFile())).rejects.toThrow(/ENOENT/);
  });

  test('a file that is no JSON, with its line and column', async () => {
    await mkdir(join(home, '.cursor'));
    await writeFile(cursorFile(), '{\n  "mcpServers": {\n');
    const { code, err } = await install('cursor');
    expect([code, err]).toEqual([2, expect.stringContaining(`${cursorFile()}:3:1: CloseBraceExpected`)]);
    expect(await readFile(cursorFile(), 'utf8')).toBe('{\n  "mcpServers": {\n');
  });
});
