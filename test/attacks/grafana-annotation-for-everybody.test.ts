import { expect, test } from 'vitest';
import { connector } from '../../src/services/grafana/connect.ts';
import { grafana } from '../../src/services/grafana/service.ts';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { granted } from '../harness/granted.ts';
import { credentials, openLab } from '../services/grafana/lab.ts';

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

test('the writer looks for itself, whatever a tool has looked at', async () => {
  const { client } = await connector.openWriter(
    {
      component: 'dash',
      sub: 'shop',
      entry: {},
      connection: { url: lab.twin().url, credentials },
      limits: grafana.limits,
      warn: () => {},
    },
    granted({ callId: 'c', principal: 'tester', tool: 'grafana_create_annotation', target: 'dash/shop' }),
  );
  const { signal } = new AbortController();
  const mark = { time: 1, timeEnd: 1, tags: [], text: 'Stackward for tester, call c: x' };
  for (const dashboardUID of ['fin-main', 'nowhere'])
    await lab.unwritten(() => client.annotate({ ...mark, dashboardUID }, signal));
  const theirs = lab.twin().state.annotations.find((one) => one.dashboardUID === 'fin-main');
  const annotation = { ...theirs, id: theirs?.id ?? 0, panelId: 0, time: 1, timeEnd: 1, text: '', tags: [] };
  await lab.unwritten(() => client.deleteAnnotation(annotation, signal));
  const board = { dashboard: { uid: 'fin-main', version: 1 }, meta: { folderUid: 'finance' } };
  await lab.unwritten(() => client.save(board, 'Stackward for tester, call c: x', signal));
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
