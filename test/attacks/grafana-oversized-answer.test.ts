import { afterEach, expect, test } from 'vitest';
import { alertRules } from '../../src/services/grafana/tools/alert-rules.ts';
import { dashboard } from '../../src/services/grafana/tools/dashboard.ts';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { search } from '../../src/services/grafana/tools/search.ts';
import { credentials, openGrafana, openLab } from '../services/grafana/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

let server: Awaited<ReturnType<typeof recordingServer>> | undefined;
afterEach(() => server?.close());
const lab = openLab();

test('an answer without end is given up', async () => {
  const megabyte = Buffer.alloc(2 ** 20, 'x');
  let written = 0;
  server = await recordingServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      for (let free = true; free && !response.destroyed; written += 1) free = response.write(megabyte);
    };
    response.on('drain', more);
    more();
  });
  const grafana = openGrafana({ url: server.url, credentials });
  await expect(grafana.read(search, undefined, {})).rejects.toMatchObject({ code: 'result_too_large' });
  expect(written).toBeLessThan(64);
});

test('thousands of hits, rules, panels and rows stay within rows and bytes', async () => {
  const { state } = lab.twin();
  const many = Array.from({ length: 2_000 }, (_, index) => index + 1);
  for (const index of many) state.addDashboard('shop', `d${index}`, { title: `Shop ${index}`, panels: [] });
  const rules = many.map((index) => ({ uid: `r${index}`, name: `n${index}`, state: 'firing', alerts: [] }));
  state.groups.push({ name: 'many', folderUid: 'shop', rules });
  state.editByHand('shop-main', (model) => {
    model.panels = many.map((id) => ({
      id,
      type: 'stat',
      title: 'x'.repeat(100),
      targets: many.slice(0, 20).map((n) => ({ refId: `R${n}`, expr: 'up' })),
    }));
  });
  lab.twin().frames = () =>
    many.slice(0, 100).map(() => ({
      schema: { fields: [{ name: 'Line', type: 'string' }] },
      data: { values: [Array(10).fill('y'.repeat(5000))] },
    }));
  const scoped = lab.scoped();
  const found = await scoped.read(search, 'shop', { count: 500 });
  const ruled = await scoped.read(alertRules, 'shop', { count: 500 });
  const shown = await scoped.read(dashboard, 'shop', { uid: 'shop-main' });
  const ran = await scoped.read(runPanel, 'shop', { dashboard: 'shop-main', panel: 1 });
  expect([found, ruled, shown, ran].map(({ truncated }) => truncated)).toEqual([true, true, true, true]);
  expect([found.dashboards, ruled.rules, shown.panels].map(({ length }) => length)).toEqual([500, 500, 500]);
  expect(Buffer.byteLength(JSON.stringify(ran))).toBeLessThan(256 * 1024);
  expect(ran.queries).toHaveLength(8);
});
