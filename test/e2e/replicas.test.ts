import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import { type RoundRobin, startRoundRobin } from '../harness/round-robin.ts';
import { legacyCall, modernCall, openSession, send, YES } from '../server/raw-http.ts';
import { TOPOLOGY } from '../server/stackward.ts';
import { CLIENT_KINDS } from './client-kinds.ts';

const SERVER = fileURLToPath(new URL('http-server.ts', import.meta.url));
const SHRED = { target: 'store/a', key: 'k' };

interface Replicas {
  readonly proxy: RoundRobin;
  readonly urls: readonly string[];
  readonly dataDir: string;
  readonly token: string;
  readonly tokenId: string;
  /** How often the write ran, in all replicas together. */
  shredded(): Promise<number>;
}

/** Two server processes on one data directory behind a balancer, until the test ends. */
async function openReplicas({ stateless = true, bySession = false } = {}): Promise<Replicas> {
  const folder = await mkdtemp(join(tmpdir(), 'stackward-replicas-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const topology = join(folder, 'topology.yaml');
  await writeFile(topology, TOPOLOGY);
  const dataDir = join(folder, 'data');
  const tokens = openTokenFiles(dataDir);
  const { id: tokenId, token } = await makeToken(tokens, { principal: 'helper' });
  const { token: watching } = await makeToken(tokens, { principal: 'helper' });
  const urls = await Promise.all(
    [1, 2].map(() => start([topology, dataDir, ...(stateless ? ['stateless'] : [])])),
  );
  const proxy = await startRoundRobin(urls, { bySession });
  onTestFinished(() => proxy.close());
  return {
    proxy,
    urls,
    dataDir,
    token,
    tokenId,
    async shredded() {
      const states = urls.map((url) =>
        modernCall(url, 'box_state', { target: 'store/a' }, { token: watching }),
      );
      const counts = (await Promise.all(states)).map(({ json }) => json.result.structuredContent.shredded);
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

async function start(args: readonly string[]): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', SERVER, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  const [line] = child.stdout ? await once(child.stdout, 'data') : [];
  return String(line).trim();
}

test.each(CLIENT_KINDS.map((kind) => [kind.name, kind] as const))(
  '%s works with any replica for each request',
  async (_name, kind) => {
    const { proxy, token, dataDir } = await openReplicas();
    const client = await kind.connect({ url: new URL(`${proxy.url}/mcp`), token });
    expect(await client.tools()).toContain('box_put');
    for (let at = 0; at < 10; at += 1) {
      const { isError } = await client.call('box_put', { target: 'store/a', key: `k${at}`, value: 'v' });
      expect(isError).toBe(false);
    }
    await client.close();
    for (const count of proxy.counts) expect(count).toBeGreaterThanOrEqual(4);
    expect((await verifyAudit(openFileBook(join(dataDir, 'audit')))).ok).toBe(true);
  },
);

test('2026-07-28: one replica asks the human, whichever replica comes next runs the write, once', async () => {
  const { proxy, token, urls, shredded } = await openReplicas();
  const { json } = await modernCall(urls[0] ?? '', 'box_shred', SHRED, { token });
  const asked = { token, requestState: String(json.result.requestState), inputResponses: YES };
  const [other = ''] = urls.slice(1);
  expect((await modernCall(other, 'box_shred', SHRED, asked)).json.result.isError).toBe(false);
  await Promise.all(Array.from({ length: 10 }, () => modernCall(proxy.url, 'box_shred', SHRED, asked)));
  expect(await shredded()).toBe(1);
});

test('a client that can ask its human gets an irreversible write approved through the balancer', async () => {
  const { proxy, token, shredded } = await openReplicas();
  const [, , modern] = CLIENT_KINDS;
  const client = await modern?.connect({ url: new URL(`${proxy.url}/mcp`), token }, () => ({
    action: 'accept',
    content: { approve: true },
  }));
  expect((await client?.call('box_shred', SHRED))?.isError).toBe(false);
  await client?.close();
  expect(await shredded()).toBe(1);
});

test('a token that is revoked is refused by every replica from the next request on', async () => {
  const { proxy, token, tokenId, dataDir } = await openReplicas();
  const put = () => modernCall(proxy.url, 'box_put', { target: 'store/a', key: 'k', value: 'v' }, { token });
  expect([(await put()).status, (await put()).status]).toEqual([200, 200]);
  await openTokenFiles(dataDir).remove(tokenId);
  expect([(await put()).status, (await put()).status]).toEqual([401, 401]);
});

test('2025-11-25 without sessions hands out no session id, and has nothing to stream', async () => {
  const { proxy, token } = await openReplicas();
  const authorization = `Bearer ${token}`;
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: { elicitation: {} },
    clientInfo: { name: 'raw', version: '1' },
  };
  const body = { jsonrpc: '2.0', id: 0, method: 'initialize', params };
  const begun = await send(`${proxy.url}/mcp`, { headers: { authorization }, body });
  expect(begun.status).toBe(200);
  expect(begun.headers['mcp-session-id']).toBeUndefined();
  expect((await send(`${proxy.url}/mcp`, { method: 'GET', headers: { authorization } })).status).toBe(405);
  // Nobody can be asked, so the write waits for an operator.
  const { json } = await send(`${proxy.url}/mcp`, {
    headers: { authorization },
    body: legacyCall('box_shred', SHRED),
  });
  expect(json.result.content[0].text).toMatch(/^approval_required[\s\S]*stackward approve/);
});

test('2025-11-25 with sessions needs a balancer that keeps a session where it began, and then may ask, too', async () => {
  const scattered = await openReplicas({ stateless: false });
  const session = await openSession(scattered.proxy.url, scattered.token);
  const headers = { ...session, authorization: `Bearer ${scattered.token}` };
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const statuses = [];
  for (const _ of [1, 2])
    statuses.push((await send(`${scattered.proxy.url}/mcp`, { headers, body: ping })).status);
  expect(statuses.sort()).toEqual([200, 404]);

  const kept = await openReplicas({ stateless: false, bySession: true });
  const [older] = CLIENT_KINDS;
  const client = await older?.connect({ url: new URL(`${kept.proxy.url}/mcp`), token: kept.token }, () => ({
    action: 'accept',
    content: { approve: true },
  }));
  expect((await client?.call('box_shred', SHRED))?.isError).toBe(false);
  await client?.close();
  expect(await kept.shredded()).toBe(1);
});
