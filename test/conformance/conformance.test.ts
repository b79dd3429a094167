import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpServing } from '../../src/server/http.ts';
import { serveFixtures } from './fixture-server.ts';

/** One release of the suite, and what of it is asked. */
interface Suite {
  readonly release: string;
  readonly which: readonly string[];
  /** So many checks have to succeed at least: a suite that asks nothing fails nothing. */
  readonly atLeast: number;
  /** Whether streams can be taken up again: no session has plain requests answered the shorter way then. */
  readonly resumable: boolean;
  /** Scenarios that the suite runs beside those that the revision requires, and does not count by itself. */
  readonly notRequired: RegExp;
}

const SUITES: Readonly<Record<string, Suite>> = {
  '2025-11-25': {
    release: '0.1.16',
    which: ['--suite', 'all'],
    atLeast: 43,
    resumable: false,
    notRequired: /^$/,
  },
  '2025-11-25, resumable': {
    release: '0.1.16',
    which: ['--suite', 'all'],
    atLeast: 44,
    resumable: true,
    notRequired: /^$/,
  },
  '2026-07-28': {
    release: '0.2.0-alpha.12',
    which: ['--requirements', '2026-07-28'],
    atLeast: 110,
    resumable: true,
    // Tasks are an extension that Stackward does not offer; the suite itself calls the other two pending.
    notRequired: /^server-(tasks-|json-schema-2020-12|http-custom-header-server-validation)/,
  },
};
const commandOf = ({ release }: Suite) => [
  '-y',
  '-p',
  'node@24',
  '-p',
  `@modelcontextprotocol/conformance@${release}`,
  'conformance',
];
const run = promisify(execFile);

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

let results: string;
let served: readonly HttpServing[];
beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'conformance-'));
  served = await Promise.all([false, true].map((resumable) => serveFixtures({ resumable })));
});
afterAll(async () => {
  for (const one of served) await one.close();
  await rm(results, { recursive: true });
});

test.for(Object.entries(SUITES))(
  'the conformance suite for %s passes',
  { timeout: 600_000 },
  async ([revision, suite], { skip }) => {
    const cwd = { cwd: results };
    const cannot = await run('npx', [...commandOf(suite), '--version'], cwd).then(
      () => undefined,
      (error: Error) => error,
    );
    if (cannot && process.env.CI) throw cannot;
    skip(cannot !== undefined, 'npx cannot fetch the conformance suite, so it was not run');

    const folder = join(results, revision);
    const { url } = served[suite.resumable ? 1 : 0] ?? {};
    const args = ['server', '--url', `${url}/mcp`, ...suite.which, '-o', folder];
    const { failed } = await run('npx', [...commandOf(suite), ...args], cwd).then(
      () => ({ failed: false }),
      () => ({ failed: true }),
    );
    const checks = await readChecks(folder, suite);
    expect(checks.filter(({ status }) => status === 'FAILURE')).toEqual([]);
    expect(checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThanOrEqual(suite.atLeast);
    expect(failed).toBe(false);
  },
);

async function readChecks(folder: string, { notRequired }: Suite): Promise<Check[]> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('checks.json') && !notRequired.test(name),
  );
  const all = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return all.flatMap((text): Check[] => JSON.parse(text));
}
