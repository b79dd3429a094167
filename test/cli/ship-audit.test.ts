import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import { heldLines, linesOf, openTwin, soon } from '../audit/ship/lab.ts';
import { openLoki } from '../services/loki/lab.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** `stackward serve` in a process of its own, on a data directory of the test. */
function serve(env: Record<string, string>, ...more: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'stackward-ship-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const topology = join(folder, 'topology.yaml');
  writeFileSync(topology, 'stack: shop\ncomponents:\n  app: {type: application}\nlinks: []\n');
  const { PATH = '' } = process.env;
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      `${ROOT}src/main.ts`,
      'serve',
      '-t',
      topology,
      '--data',
      join(folder, 'data'),
      ...more,
    ],
    { env: { PATH, ...env }, cwd: ROOT, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += String(chunk);
  });
  return { child, data: join(folder, 'data'), log: () => log };
}

test('a server that is told to stop has shipped what it recorded, and metrics say how it stands', async () => {
  const twin = await openTwin({ authorization: 'Bearer push-token', tenant: 'ops' });
  const { child, data, log } = serve(
    {
      STACKWARD_AUDIT_LOKI_URL: twin.url,
      STACKWARD_AUDIT_LOKI_TENANT: 'ops',
      STACKWARD_AUDIT_LOKI_TOKEN: 'push-token',
    },
    '--http',
    '127.0.0.1:0',
  );
  await soon(log).toContain('stackward serves');
  const url = /http:\/\/[^/]+/.exec(log())?.[0];
  const { token } = await makeToken(openTokenFiles(data), { principal: 'stack' });
  const metrics = async () =>
    (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
  await soon(metrics).toMatch(/^stackward_audit_shipping_records_total [1-9]/m);
  const text = await metrics();
  expect(text).toContain('stackward_audit_shipping_active 1');
  expect(text).toContain('stackward_audit_shipping_refused_batches_total 0');
  expect(text).toMatch(/^stackward_audit_shipping_behind_seconds [0-9.]+$/m);

  const query = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'stack_components', arguments: {} },
  };
  await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(query),
  });
  child.kill('SIGTERM');
  await once(child, 'exit');
  const all = await linesOf(openFileBook(join(data, 'audit')));
  // The last checkpoint is made after all else has ended, and goes with the next start.
  expect(heldLines(twin)).toEqual(all.slice(0, heldLines(twin).length));
  expect(all.length - heldLines(twin).length).toBeLessThanOrEqual(1);

  // The stack's own Loki tools find it by the labels that the documents name.
  const loki = openLoki(twin.port, { token: 'push-token', tenant: 'ops', scopes: {} });
  const found = await loki.read('loki_query_range', 'none', {
    logql: '{job="stackward-audit", stack="shop", kind="event"} | json | event="topology_loaded"',
    start: '-1h',
    limit: 10,
  });
  expect(JSON.stringify(found)).toContain('topology_loaded');
}, 60_000);

test('a server whose settings do not fit does not start, and says which', async () => {
  const { child, log } = serve({ STACKWARD_AUDIT_LOKI_URL: 'https://me:s3cr3t-pass@logs.example.org' });
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect(log()).toContain('STACKWARD_AUDIT_LOKI_URL has to be http(s)://host[:port][/path]');
  expect(log()).not.toContain('s3cr3t-pass');
}, 30_000);
