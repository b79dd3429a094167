import { beforeEach, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

/** A proxy that loses the query, a cache that mixes tenants up: the server answers with what was not asked for. */
const attack = openAttack();
const answer = (data: unknown) => JSON.stringify({ status: 'success', data });
let body = '';
beforeEach(() => {
  attack.twin().behaviour.instead = (response) => response.end(body);
});

const OURS = { namespace: 'shop', app: 'cart' };
const THEIRS = [
  { namespace: 'finance', app: 'payouts' },
  { namespace: 'Shop', app: 'payouts' },
  { app: 'payouts' },
];

test('their lines are left out, and said to be', async () => {
  const streams = [OURS, ...THEIRS].map((stream) => ({
    stream,
    values: [['1700000000000000000', `of ${stream.app}`]],
  }));
  body = answer({ resultType: 'streams', result: streams });
  const shown = await attack.read('loki_query_range', 'shop', {});
  expect(shown).toMatchObject({
    streams: [OURS],
    truncated: true,
    hint: expect.stringContaining('3 streams'),
  });
  expect(JSON.stringify(shown)).not.toContain('payouts');
});

test('their numbers are left out; what has no label any more is an aggregation', async () => {
  const [finance, ...rest] = THEIRS;
  const metrics = [OURS, finance, rest[0], { level: 'error' }];
  body = answer({ resultType: 'vector', result: metrics.map((metric) => ({ metric, value: [1, '7'] })) });
  const { result } = await attack.read('loki_query', 'shop', { logql: 'rate({app="x"}[5m])' });
  expect(result).toMatchObject([{ metric: OURS }, { metric: { level: 'error' } }]);
  body = answer({ resultType: 'matrix', result: metrics.map((metric) => ({ metric, values: [[1, '7']] })) });
  const range = await attack.read('loki_query_range', 'shop', { logql: 'rate({app="x"}[5m])' });
  expect(range.result).toMatchObject([{ metric: OURS }, { metric: { level: 'error' } }]);
});

test.for(['loki_series', 'loki_labels', 'loki_label_values'])('%s shows nothing then', async (tool) => {
  body = answer([OURS, ...THEIRS]);
  const args = tool === 'loki_label_values' ? { label: 'app' } : {};
  await expect(attack.read(tool, 'shop', args)).rejects.toMatchObject({
    code: 'backend_failed',
    detail: expect.not.stringContaining('payouts'),
  });
});

test('a label that an object has by birth is not one of the answer', async () => {
  body = answer([{ app: 'payouts' }]);
  const scopes = { shop: { labels: { constructor: 'x', toString: 'y' } } };
  const { openLoki } = await import('../services/loki/lab.ts');
  await expect(openLoki(attack.port(), { scopes }).read('loki_series', 'shop', {})).rejects.toMatchObject({
    code: 'backend_failed',
  });
});
