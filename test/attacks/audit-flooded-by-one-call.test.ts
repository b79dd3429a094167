import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStack, type TestStack } from '../harness/stack.ts';

const open = () =>
  openStack({
    env: { MCP_CACHE_WRITE_ACCESS: 'true' },
    topology: `stack: shop
components:
  cache: {type: redis, host: 127.0.0.1, port: 1, prefixes: {orders: {match: "orders:"}}}
`.concat('  helper: {type: agent}\nlinks:\n  - {from: helper, to: cache, type: uses}\n'),
  });

const bytesOf = ({ dataDir }: TestStack): number =>
  (readdirSync(join(dataDir, 'audit'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.jsonl'))
    .reduce((sum, name) => sum + statSync(join(dataDir, 'audit', name)).size, 0);

/** What one call adds to the audit, and what it is answered. */
async function cost(tool: string, args: Record<string, unknown>, id: string | number = 1) {
  const stack = await open();
  const before = bytesOf(stack);
  const { signal } = new AbortController();
  const { text } = await stack.stackward.call({ principal: 'helper', id, toolName: tool, args, signal });
  await stack.stackward.audit.close();
  const written = bytesOf(stack) - before;
  await stack.close();
  return { written, answered: text.length };
}

const MOST = 128 * 1024;

test('a million wrong items are not each told in the answer and in the audit', async () => {
  const { written, answered } = await cost('redis_delete', { keys: new Array(100_000).fill(1) });
  expect(written).toBeLessThan(MOST);
  expect(answered).toBeLessThan(MOST);
});

test('unknown arguments with long names are not repeated whole', async () => {
  const { written, answered } = await cost('redis_delete', { keys: ['orders:1'], ['k'.repeat(900_000)]: 1 });
  expect(written).toBeLessThan(MOST);
  expect(answered).toBeLessThan(MOST);
});

test('a tool’s name and the id of a call are recorded up to a length that real ones have', async () => {
  expect((await cost('n'.repeat(900_000), {})).written).toBeLessThan(MOST);
  expect((await cost('redis_get', {}, 'i'.repeat(900_000))).written).toBeLessThan(MOST);
});
