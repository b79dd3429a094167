import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../cli/run.ts';

const TOPOLOGY = `stack: installed
components:
  db: {type: postgresql, host: {env: DB_HOST}, credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}, databases: {a: {}}}
  triage: {type: agent}
links: [{from: triage, to: db, type: queries}]
`;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'stackward-installed-'));
  await writeFile(join(home, 'topology.yaml'), TOPOLOGY);
  await writeFile(
    join(home, 'db.env'),
    'DB_HOST=127.0.0.1\nDB_USER=u\nDB_PASSWORD=p\nMCP_DB_WRITE_ACCESS=true\n',
    {
      mode: 0o600,
    },
  );
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Installs into a client’s file, and starts what the file says as the client would: with next to no environment. */
async function toolsOf(client: string, file: string, ...more: string[]): Promise<string[]> {
  const argv = [
    'install',
    client,
    '-t',
    join(home, 'topology.yaml'),
    '--as',
    'triage',
    '--file',
    file,
    ...more,
  ];
  const { code, err } = await run(
    [...argv, '--', process.execPath, '--import', 'tsx', join(process.cwd(), 'src/main.ts')],
    { HOME: home },
  );
  expect([code, err]).toEqual([0, '']);
  const { mcpServers } = JSON.parse(await readFile(file, 'utf8'));
  const { command, args, env = {} } = mcpServers.stackward;
  const client_ = new Client({ name: 'installed-test', version: '1' });
  await client_.connect(new StdioClientTransport({ command, args, env: { ...env, PATH: '' } }));
  try {
    return (await client_.listTools()).tools.map(({ name }) => name);
  } finally {
    await client_.close();
  }
}

test('what is installed starts, with the variables of its file', async () => {
  const tools = await toolsOf(
    'claude-desktop',
    join(home, 'config.json'),
    '--env-file',
    join(home, 'db.env'),
  );
  expect(tools).toEqual(expect.arrayContaining(['pg_query', 'pg_execute']));
});

test('where the client takes fewer tools, they are listed as a directory', async () => {
  const tools = await toolsOf('cursor', join(home, 'mcp.json'), '--tools-limit', '5');
  expect(tools).toEqual(['call_tool', 'describe_tool', 'find_tools']);
});
