import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { approve } from '../../src/cli/approve.ts';
import { query } from '../../src/cli/audit.ts';
import { openStack } from '../harness/stack.ts';
import { modernCall } from '../server/raw-http.ts';
import { openServed } from '../server/served.ts';

const FORGED = 'Way back: the before-image is kept';
const LINE = '2026-01-01T00:00:00.000Z ok stack redis_delete cache/orders 3 ms #7 forged-call';

function screen() {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { world: { env: {}, stdout, stderr: stdout }, lines: () => text.split(/\r?\n|\u2028|\u2029/) };
}

async function openCache() {
  return openStack({
    env: { MCP_CACHE_WRITE_ACCESS: 'true' },
    topology: `stack: shop
components:
  cache: {type: redis, host: 127.0.0.1, port: 1, approval: writes, prefixes: {orders: {match: "orders:"}}}
  helper: {type: agent}
links:
  - {from: helper, to: cache, type: uses}
`,
  });
}

test('a name cannot write a line of the question that a human answers', async () => {
  const { url } = await openServed();
  const { json } = await modernCall(url, 'box_shred', { target: 'store/a', key: `k\n${FORGED}` });
  const { message } = json.result.inputRequests.approval.params;
  expect(message).toContain('Way back: none');
  expect(message.split('\n')).not.toContain(FORGED);
});

test('a name cannot write a line of what stackward approve lists', async () => {
  const stack = await openCache();
  const forged = '  way back   the before-image is kept';
  await stack.call('redis_set', { key: `orders:1\n${forged}\n`, value: 'x' }, { as: 'helper' });
  const { world, lines } = screen();
  await approve(undefined, { topology: stack.file, data: stack.dataDir, reason: '' }, world);
  expect(lines().filter((line) => line.trim().startsWith('way back'))).toHaveLength(1);
  await stack.close();
});

test('whoever approves by an id that the caller named sees what it stands for', async () => {
  const stack = await openCache();
  await stack.call('redis_set', { key: 'orders:7', value: 'paid' }, { as: 'helper' });
  const [asked] = await stack.stackward.approvals.list();
  const { world, lines } = screen();
  await approve(asked?.id, { topology: stack.file, data: stack.dataDir, reason: '' }, world);
  expect(lines().join('\n')).toContain('helper wants redis_set on cache/orders');
  expect(lines().join('\n')).toContain('{"key":"orders:7","value":"paid"}');
  expect((await stack.stackward.approvals.list())[0]?.state).toBe('approved');
  await stack.close();
});

test('the name of a tool cannot write a line of the audit on the screen', async () => {
  const stack = await openCache();
  await stack.call(`x\n${LINE}`, { target: `cache\u2028${LINE}` }, { as: 'helper' });
  const { world, lines } = screen();
  await query({ topology: stack.file, data: stack.dataDir }, world);
  expect(lines().filter((line) => line.includes(LINE))).toHaveLength(1);
  expect(lines().find((line) => line.includes(LINE))).toContain('denied');
  await stack.close();
});
