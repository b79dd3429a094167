import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/services/grafana/api.ts';
import { FrameBudget } from '../../src/services/grafana/frames.ts';
import { interpolate } from '../../src/services/grafana/interpolate.ts';
import { formerOf, type Setting } from '../../src/services/grafana/patch.ts';
import { grafana } from '../../src/services/grafana/service.ts';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { openLab } from '../services/grafana/lab.ts';

const lab = openLab();
/** Far more than honest work takes, and far less than what these took before. */
const SOON = 4_000;

const took = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

test.each(['${a.', '${a:', '[[a', '[[a:b', '${a.b:', '$a'])(
  'a stored query of many %j stops nothing',
  (piece) => {
    const how = { bindings: () => undefined, from: 1, to: 2 };
    expect(took(() => interpolate(piece.repeat(60_000 / piece.length), 'prometheus', how))).toBeLessThan(
      SOON,
    );
  },
);

test('a stored query that is longer than any that runs is not looked at', async () => {
  lab.twin().state.editByHand('shop-main', (model) => {
    model.panels = [
      {
        id: 1,
        type: 'graph',
        datasource: { uid: 'prom-1' },
        targets: [{ refId: 'A', expr: '${a.'.repeat(500_000) }],
      },
    ];
  });
  const start = performance.now();
  const run = lab.scoped().read(runPanel, 'shop', { dashboard: 'shop-main', panel: 1 });
  await expect(run).rejects.toMatchObject({ code: 'query_refused' });
  expect(performance.now() - start).toBeLessThan(SOON);
});

test.each([
  [
    'of many options, named often',
    '$app '.repeat(5_000),
    { type: 'custom', options: options(20_000), current: { value: 'o1' } },
  ],
  [
    'of a long text, named often',
    '$app '.repeat(5_000),
    { type: 'custom', multi: true, options: options(20_000), current: { value: ['$__all'] } },
  ],
])('a variable %s, is soon read or refused', async (_, expr, variable) => {
  lab.twin().state.editByHand('shop-main', (model) => {
    model.templating = { list: [{ name: 'app', ...variable }] };
    const targets = Array.from({ length: 200 }, (_, at) => ({ refId: `A${at}`, expr }));
    model.panels = [{ id: 1, type: 'graph', datasource: { uid: 'prom-1' }, targets }];
  });
  const start = performance.now();
  const run = lab.scoped().read(runPanel, 'shop', { dashboard: 'shop-main', panel: 1 });
  await run.catch((error: unknown) => expect(error).toMatchObject({ code: 'query_refused' }));
  expect(performance.now() - start).toBeLessThan(2 * SOON);
});

function options(count: number) {
  return Array.from({ length: count }, (_, at) => ({ value: `o${at}` }));
}

test('a change of many fields does not read every panel for each', () => {
  const panels = Array.from({ length: 20_000 }, (_, id) => ({ id, type: 'graph', targets: [{}, {}] }));
  const settings: Setting[] = Array.from({ length: 80 }, (_, at) => ({
    panel: (at % 20) + 1,
    path: ['title'],
    value: 'x',
  }));
  expect(took(() => formerOf({ panels } as JsonObject, settings))).toBeLessThan(SOON);
});

test('a frame of very many columns is cut, and no fault', () => {
  const fields = Array.from({ length: 300_000 }, () => ({ name: 'a', type: 'number' }));
  const budget = new FrameBudget(grafana.limits);
  budget.add('A', { schema: { fields }, data: { values: fields.map(() => [1]) } });
  expect(budget.isCut).toBe(true);
});
