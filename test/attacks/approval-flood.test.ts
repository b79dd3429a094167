import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { gateOn } from '../harness/gate-files.ts';
import { openStack } from '../harness/stack.ts';

const dir = mkdtempSync(join(tmpdir(), 'stackward-flood-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const HOUR = 60 * 60_000;
const SHOWN = { args: {}, why: 'it burns', resources: ['row k'], wayBack: 'none' };
const bound = (n: number) => ({ principal: 'p', tool: 't', target: 'x', args: { n }, topology: 'f' });
const files = () => readdirSync(join(dir, 'approvals')).length;

test('a client that refuses its own questions cannot ask without end, nor fill the folder', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const approvals = gateOn(dir, { now: () => now }).approvals;
  const askAndRefuse = async (n: number) => {
    const { id } = await approvals.request(bound(n), SHOWN);
    await approvals.decide(id, { decision: 'refused', by: 'itself', reason: '' });
  };
  const flood = async () => {
    for (let n = 0; n < 150; n++) await askAndRefuse(n);
  };
  await expect(flood()).rejects.toThrow(/refused just now/);
  expect(files()).toBeLessThanOrEqual(200);
  // What is long over goes while the server runs, not only when it starts.
  now += 2 * HOUR;
  await askAndRefuse(1000);
  expect(files()).toBe(2);
});

test('what no human can read is refused, and is not kept for every later question to read', async () => {
  const stack = await openStack({
    env: { MCP_CACHE_WRITE_ACCESS: 'true' },
    topology: `stack: shop
components:
  cache: {type: redis, host: 127.0.0.1, port: 1, approval: writes, prefixes: {orders: {match: "orders:"}}}
  helper: {type: agent}
links:
  - {from: helper, to: cache, type: uses}
`,
  });
  const set = (bytes: number) =>
    stack.call('redis_set', { key: 'orders:1', value: 'x'.repeat(bytes) }, { as: 'helper' });
  expect(JSON.stringify((await set(1_000_000)).content)).toContain('cannot read more than');
  expect(await stack.stackward.approvals.list()).toEqual([]);
  expect(JSON.stringify((await set(1_000)).content)).toContain('approval_required');
  expect(await stack.stackward.approvals.list()).toHaveLength(1);
  await stack.close();
});
