import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  getMcpConfigForManifest,
  type McpbManifestAny,
  unpackExtension,
  validateManifest,
} from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../src/version.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One component of each driver, at an address where nothing listens. */
const TOPOLOGY = `stack: bundled
components:
  db: {type: postgresql, host: 127.0.0.1, port: 1, credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}, databases: {a: {}}}
  cache: {type: redis, host: 127.0.0.1, port: 1, prefixes: {a: {match: 'a:'}}}
  metrics: {type: prometheus, url: 'http://127.0.0.1:1'}
  app: {type: application}
  triage: {type: agent}
links:
  - {from: triage, to: db, type: queries}
  - {from: app, to: cache, type: uses}
  - {from: app, to: metrics, type: observes}
`;

let folder: string;
let unpacked: string;
let topology: string;
let manifest: McpbManifestAny;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackward-mcpb-'));
  topology = join(folder, 'topology.yaml');
  await writeFile(topology, TOPOLOGY);
  const file = join(folder, 'stackward.mcpb');
  await run(process.execPath, ['--import', 'tsx', 'scripts/bundle.ts', file], { cwd: ROOT });
  unpacked = join(folder, 'unpacked');
  expect(await unpackExtension({ mcpbPath: file, outputDir: unpacked, silent: true })).toBe(true);
  manifest = JSON.parse(await readFile(join(unpacked, 'manifest.json'), 'utf8'));
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** How MCPB's own code has a host start the bundle. */
async function started(userConfig: Record<string, string>) {
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: unpacked,
    systemDirs: {},
    userConfig,
    pathSeparator: '/',
  });
  if (!config) throw new Error('MCPB found a required setting missing');
  return config;
}

test('its manifest is valid for MCPB’s own validator, and of this version', () => {
  expect(validateManifest(join(unpacked, 'manifest.json'))).toBe(true);
  expect(manifest.version).toBe(VERSION);
});

test('without a topology it is not started', async () => {
  await expect(started({})).rejects.toThrow(/required setting/);
});

test.each([
  ['the stack’s own client', {}, ['pg_query', 'redis_get', 'prom_query']],
  ['one agent', { agent: 'triage' }, ['pg_query']],
])('unpacked, it serves %s over stdio', async (_who, settings, names) => {
  const { command, args = [], env = {} } = await started({ topology, ...settings });
  const { PATH = '' } = process.env;
  const transport = new StdioClientTransport({ command, args, env: { ...env, PATH }, cwd: folder });
  const client = new Client({ name: 'bundle-test', version: '1' });
  await client.connect(transport);
  try {
    expect(client.getServerVersion()).toMatchObject({ name: 'stackward', version: VERSION });
    const listed = (await client.listTools()).tools.map(({ name }) => name);
    const drawn = ['pg_query', 'redis_get', 'prom_query'].filter((name) => listed.includes(name));
    expect(drawn).toEqual(names);
    const answer = await client.callTool({ name: 'stack_components', arguments: {} });
    expect(JSON.stringify(answer.structuredContent)).toContain('"metrics"');
  } finally {
    await client.close();
  }
});

test('a file of variables reaches the server', async () => {
  const file = join(folder, 'variables.env');
  await writeFile(file, 'MCP_CACHE_WRITE_ACCESS=true\n', { mode: 0o600 });
  const { command, args = [], env = {} } = await started({ topology, env_file: file });
  const { PATH = '' } = process.env;
  const client = new Client({ name: 'bundle-test', version: '1' });
  await client.connect(new StdioClientTransport({ command, args, env: { ...env, PATH }, cwd: folder }));
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('redis_set');
  } finally {
    await client.close();
  }
});

/** What a `check --connect` finds wrong with each component. */
async function findings(command: readonly string[], file: string): Promise<unknown> {
  const [program = '', ...args] = command;
  const { stdout } = await run(program, [...args, 'check', '--connect', '--json', '-t', file], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, DB_USER: 'u', DB_PASSWORD: 'p' },
  }).catch((error: { stdout: string }) => error);
  return JSON.parse(stdout).findings.filter((one: { level: string }) => one.level !== 'advice');
}

/** The drivers that lie in the bundle itself and are loaded at the first call. */
const DRIVERS = `stack: drivers
components:
  db: {type: postgresql, host: 127.0.0.1, port: 1, credentials: {user: {env: DB_USER}, password: {env: DB_PASSWORD}}, databases: {a: {}}}
  cache: {type: redis, host: 127.0.0.1, port: 1, prefixes: {a: {match: 'a:'}}}
  docs: {type: mongodb, host: 127.0.0.1, port: 1, databases: {a: {}}}
  events: {type: kafka, brokers: ['127.0.0.1:1'], topics: {a: {match: [a]}}}
  blobs: {type: s3, url: 'http://127.0.0.1:1', region: x, credentials: {access_key_id: {env: DB_USER}, secret_access_key: {env: DB_PASSWORD}}, buckets: {all: {bucket: all}}}
  app: {type: application}
links:
  - {from: app, to: db, type: queries}
  - {from: app, to: cache, type: uses}
  - {from: app, to: docs, type: queries}
  - {from: app, to: events, type: operates}
  - {from: app, to: blobs, type: operates}
`;

test('every driver in it loads: it fails to connect just as the source does', async () => {
  const file = join(folder, 'drivers.yaml');
  await writeFile(file, DRIVERS);
  const bundled = await findings([process.execPath, join(unpacked, 'dist', 'main.js')], file);
  expect(JSON.stringify(bundled)).not.toContain('could not be opened');
  expect(bundled).toEqual(await findings([process.execPath, '--import', 'tsx', 'src/main.ts'], file));
}, 120_000);

test('nothing in it speaks of the machine that made it', async () => {
  const files = await readdir(unpacked, { recursive: true, withFileTypes: true });
  expect(files.length).toBeGreaterThan(50);
  for (const one of files.filter((entry) => entry.isFile())) {
    const path = join(one.parentPath, one.name);
    expect((await readFile(path)).includes(ROOT), path).toBe(false);
  }
});
