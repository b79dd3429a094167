import { expect, test } from 'vitest';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { openLab } from '../services/grafana/lab.ts';

const lab = openLab();

// Grafana makes an annotation of the whole organisation where it does not know the dashboard.
test('a dashboard that is not there gets no annotation, and so does not the organisation', async () => {
  for (const dashboard of ['nowhere', 'SHOP-MAIN', 'Shop', 'shop'])
    await lab.unwritten(() => lab.whole().write(createAnnotation, undefined, { dashboard, text: 'x' }));
});

test('a dashboard that vanishes between look and write gets none either', async () => {
  const between = async () => void lab.twin().state.dashboards.delete('shop-main');
  const writing = lab
    .whole()
    .write(createAnnotation, undefined, { dashboard: 'shop-main', text: 'x' }, { between });
  await expect(writing).rejects.toMatchObject({ code: 'not_found' });
  expect(lab.twin().writes()).toEqual([]);
});

test('a call without a dashboard is none', async () => {
  const args = { text: 'x' } as never;
  await lab.refused(() => lab.whole().write(createAnnotation, undefined, args));
});

test('a panel that the dashboard has not, and a span that ends before it begins', async () => {
  const at = { dashboard: 'shop-main', text: 'x' };
  await lab.unwritten(() => lab.scoped().write(createAnnotation, 'shop', { ...at, panel: 99 }));
  await lab.unwritten(() =>
    lab.scoped().write(createAnnotation, 'shop', { ...at, time: 'now', end: 'now-1h' }),
  );
});
