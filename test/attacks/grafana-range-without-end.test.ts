import { expect, test } from 'vitest';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { openLab } from '../services/grafana/lab.ts';

const lab = openLab();
const run = (more: object) => () =>
  lab.scoped().read(runPanel, 'shop', { dashboard: 'shop-main', panel: 1, ...more });

test.each([
  { from: 'now-32d' },
  { from: '1971-01-01T00:00:00Z' },
  { from: 'now-999999w' },
  { from: 'now', to: 'now-1h' },
  { from: 'now-1h', to: '9999-01-01T00:00:00Z' },
  { from: '0' },
  { from: '1767225600000' },
  { from: 'now-1h; drop' },
  { from: '$__from' },
  { points: 0 },
  { points: 501 },
  { points: 1.5 },
  { panel: 0 },
  { variables: Object.fromEntries([['a b', ['x']]]) },
])('%j is refused before anything leaves', async (more) => {
  await lab.refused(run(more));
});

test('the longest range asks for no more points than allowed', async () => {
  await run({ from: 'now-31d', points: 500 })();
  const [query] = lab.twin().requests.filter(({ path }) => path === '/api/ds/query');
  const { from, to, queries } = (query as { body: unknown }).body as {
    from: string;
    to: string;
    queries: { intervalMs: number }[];
  };
  expect((Number(to) - Number(from)) / (queries[0]?.intervalMs ?? 0)).toBeLessThanOrEqual(500);
});
