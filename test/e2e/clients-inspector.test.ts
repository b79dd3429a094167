import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openServed } from '../server/served.ts';

const run = promisify(execFile);
const INSPECTOR = [
  '-y',
  '-p',
  'node@24',
  '-p',
  '@modelcontextprotocol/inspector@2.12.0',
  'mcp-inspector',
  '--cli',
];

const inspect = async (...args: string[]) => JSON.parse((await run('npx', [...INSPECTOR, ...args])).stdout);

const available = await run('npx', [...INSPECTOR, '--help']).then(
  () => true,
  (error: Error) => {
    if (process.env.CI) throw error;
    process.stderr.write('SKIPPED: npx cannot fetch the Inspector, so its CLI was not tried\n');
    return false;
  },
);

test.runIf(available)('the Inspector’s CLI lists and calls over HTTP', { timeout: 120_000 }, async () => {
  const { url } = await openServed();
  const http = [`${url}/mcp`, '--transport', 'http'];
  const { tools } = await inspect(...http, '--method', 'tools/list');
  expect(tools.map(({ name }: { name: string }) => name)).toContain('box_get');
  const call = ['--tool-name', 'box_get', '--tool-arg', 'target=store/a', '--tool-arg', 'key=k'];
  const result = await inspect(...http, '--method', 'tools/call', ...call);
  expect(result.structuredContent).toEqual({ key: 'k', value: null });
});

test.runIf(available)('the Inspector’s CLI lists and calls over stdio', { timeout: 120_000 }, async () => {
  const stdio = ['node_modules/.bin/tsx', 'test/e2e/stdio-server.ts'];
  const { tools } = await inspect(...stdio, '--method', 'tools/list');
  expect(tools.map(({ name }: { name: string }) => name)).toContain('box_get');
  const call = ['--tool-name', 'box_get', '--tool-arg', 'target=store/a', '--tool-arg', 'key=k'];
  const result = await inspect(...stdio, '--method', 'tools/call', ...call);
  expect(result.structuredContent).toEqual({ key: 'k', value: null });
});
