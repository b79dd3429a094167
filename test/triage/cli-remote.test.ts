import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import type { RunEvent } from '../../src/triage/events.ts';
import { type Cluster, COMMITS, ON, openCluster } from './cluster.ts';
import { badDeploy } from './incident.ts';
import { folder } from './lab.ts';
import { type StandIn, startPrometheus } from './prometheus-stand-in.ts';
import { MAIN, served } from './stations.ts';

let cluster: Cluster;
let prometheus: StandIn;
beforeEach(async () => {
  prometheus = await startPrometheus();
  cluster = await openCluster({ prometheus: prometheus.url });
});
afterEach(async () => {
  await cluster.close();
  await prometheus.close();
});

/** The command as a user runs it, in a process of its own with data of its own. */
async function triage(args: readonly string[], env: Record<string, string> = {}) {
  const dir = await folder();
  await mkdir(dir, { recursive: true });
  const alert = join(dir, 'alert.json');
  await writeFile(alert, JSON.stringify(badDeploy(cluster, prometheus, () => true)));
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      MAIN,
      'triage',
      '--alert',
      alert,
      '--topology',
      cluster.stack.file,
      '--data',
      join(dir, 'data'),
      '--json',
      '--follow',
      ...args,
    ],
    { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  const events: RunEvent[] = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return { code, events, errors, out };
}

async function tokenFile(principal: string): Promise<string> {
  const { token } = await makeToken(openTokenFiles(cluster.stack.dataDir), { principal });
  const file = join(await folder(), 'token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return file;
}

test('--url works as a client of the server there, with the token of its agent', async () => {
  const { url, close } = await served(cluster);
  const { code, events, errors } = await triage(['--url', url, '--token-file', await tokenFile('triage')]);
  await close();
  expect(errors).toBe('');
  expect(events.at(-1)).toMatchObject({ type: 'done', ending: 'nothing_to_do' });
  expect(code).toBe(0);
  expect(events.find((event) => event.type === 'gate')).toMatchObject({ verdict: { passed: true } });
}, 60_000);

test('--stdio starts a server of its own and works through it', async () => {
  const { code, events } = await triage(['--stdio'], ON);
  expect(events.at(-1)).toMatchObject({ type: 'done', ending: 'nothing_to_do' });
  expect(code).toBe(0);
}, 60_000);

test('a token of somebody else, a wrong one, none, or a server that is not there is said in a sentence', async () => {
  const { url, close } = await served(cluster);
  const stranger = await triage(['--url', url, '--token-file', await tokenFile('stack')]);
  expect(stranger).toMatchObject({ code: 2, out: '' });
  expect(stranger.errors).toContain("takes this client for 'stack'");
  expect(await triage(['--url', url])).toMatchObject({ code: 2, out: '' });
  const wrong = join(await folder(), 'token');
  await writeFile(wrong, 'swt_wrong');
  expect(await triage(['--url', url, '--token-file', wrong])).toMatchObject({ code: 2, out: '' });
  await close();
  const away = await triage(['--url', url, '--token-file', wrong]);
  expect(away.code).toBe(2);
  expect(away.errors).not.toMatch(/ at |swt_wrong/);
  expect(cluster.imageOf('orders-api')).toBe(`shop/orders-api:${COMMITS.bad}`);
}, 120_000);

test.each([
  [['--url', 'http://stackward.example', '--token-file', '/dev/null'], 'https'],
  [['--url', 'ftp://here'], '--url'],
  [['--url', 'http://u:p@127.0.0.1:1'], '--url'],
  [['--url', 'http://127.0.0.1:1', '--stdio'], 'either'],
  [['--token-file', '/dev/null'], '--token-file'],
])(
  '%j is refused before anything is sent',
  async (args, said) => {
    const { code, errors, out } = await triage(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain(said);
  },
  60_000,
);
