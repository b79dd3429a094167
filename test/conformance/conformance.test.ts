import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpServing } from '../../src/server/http.ts';
import { serveFixtures } from './fixture-server.ts';

const SUITE = ['-y', '-p', 'node@24', '-p', '@modelcontextprotocol/conformance@0.1.16', 'conformance'];
const run = promisify(execFile);

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

let results: string;
let serving: HttpServing;
beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'conformance-'));
  serving = await serveFixtures();
});
afterAll(async () => {
  await serving.close();
  await rm(results, { recursive: true });
});

test('the conformance suite for 2025-11-25 passes', { timeout: 600_000 }, async ({ skip }) => {
  const cwd = { cwd: results };
  const cannot = await run('npx', [...SUITE, '--version'], cwd).then(
    () => undefined,
    (error: Error) => error,
  );
  if (cannot && process.env.CI) throw cannot;
  skip(cannot !== undefined, 'npx cannot fetch the conformance suite, so it was not run');

  const args = ['server', '--url', `${serving.url}/mcp`, '--suite', 'all', '-o', join(results, 'checks')];
  const { failed } = await run('npx', [...SUITE, ...args], cwd).then(
    () => ({ failed: false }),
    () => ({ failed: true }),
  );
  const checks = await readChecks(join(results, 'checks'));
  expect(checks.filter(({ status }) => status === 'FAILURE')).toEqual([]);
  expect(checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThanOrEqual(44);
  expect(failed).toBe(false);
});

async function readChecks(folder: string): Promise<Check[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('checks.json'));
  const all = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return all.flatMap((text): Check[] => JSON.parse(text));
}
