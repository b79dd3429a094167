import { describe, expect, test } from 'vitest';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { braced, MODEL } from '../services/grafana/filled.ts';
import { openLab } from '../services/grafana/lab.ts';

const lab = openLab();
const HONEST = { dashboard: 'shop-main', version: 1, reason: 'drill', title: 'Mine' };
const change = (more: object) => () => lab.scoped().write(updateDashboard, 'shop', { ...HONEST, ...more });

describe('fields that are nobody’s to set here', () => {
  test.each([
    { targets: [] },
    { templating: { list: [] } },
    { links: [] },
    { overwrite: true },
    { folderUid: 'finance' },
    { uid: 'other' },
    { model: {} },
    { panels: [{ id: 1, targets: [{ expr: 'up' }] }] },
    { panels: [{ id: 1, datasource: { uid: 'sql-1' } }] },
    { panels: [{ id: 1, options: { content: '<script>' } }] },
    { panels: [{ id: 1, links: [{ url: 'http://x' }] }] },
    { panels: [{ id: 1, type: 'text' }] },
    { panels: [{ id: 1, 'fieldConfig.defaults.links': [] }] },
    { panels: [{ id: '1', title: 'x' }] },
    { panels: [{ id: -1, title: 'x' }] },
    JSON.parse('{"__proto__": {"x": 1}, "constructor": 1}'),
  ])('%j', async (more) => {
    await lab.refused(change(more));
  });

  test.each([{ title: undefined }, { panels: [{ id: 1 }], title: undefined }])(
    'nothing at all (%j)',
    async (more) => {
      await lab.refused(change(more));
    },
  );

  test('one panel twice', () =>
    lab.refused(
      change({
        panels: [
          { id: 1, title: 'a' },
          { id: 1, title: 'b' },
        ],
      }),
    ));
});

const MARKUP = [
  '<b>x</b>',
  '<img src=x onerror=alert(1)>',
  '[run](javascript:alert(1))',
  '[run][1]',
  '[1]: x',
  '![x](y)',
  'see http://evil.example',
  'see HTTPS://evil.example',
  'see www.evil.example',
  'javascript://x',
  'two\nlines',
  'a\u0000b',
  'a\u202eb',
  'a\u200bb',
  '\ud800',
];

describe('text that Grafana would show as markup or as a link', () => {
  test.each(MARKUP)('%j', async (text) => {
    await lab.refused(change({ title: text }));
    await lab.refused(change({ description: text }));
    await lab.refused(change({ reason: text }));
    await lab.refused(change({ panels: [{ id: 1, title: text }] }));
    await lab.refused(change({ panels: [{ id: 1, description: text }] }));
    await lab.refused(() => lab.scoped().write(createAnnotation, 'shop', { dashboard: 'shop-main', text }));
  });

  test.each([
    { tags: ['<b>'] },
    { tags: ['a:b:c'] },
    { refresh: '1ms' },
    { refresh: 'off; x' },
    { time_from: '2020-01-01' },
    { time_from: 'now-1h"' },
    { panels: [{ id: 1, unit: 'x"y' }] },
    { panels: [{ id: 1, thresholds: { base: 'url(http://x)', steps: [] } }] },
    { panels: [{ id: 1, thresholds: { base: 'red', steps: [{ value: Number.NaN, color: 'red' }] } }] },
  ])('%j', async (more) => {
    await lab.refused(change(more));
  });
});

test('what leaves is the dashboard as it was but for the named fields, in its folder and over its version', async () => {
  await change({ panels: [{ id: 3, title: 'Errors of all' }] })();
  const [save, ...more] = lab.twin().writes();
  expect(more).toEqual([]);
  const expected = JSON.parse(JSON.stringify(MODEL));
  expected.title = 'Mine';
  expected.panels[1].panels[0].title = 'Errors of all';
  expect(save?.body).toEqual({
    dashboard: { ...expected, uid: 'shop-main', id: expect.any(Number), version: 1 },
    folderUid: 'shop',
    message: expect.stringMatching(/^Stackward for tester, call call-1: drill$/),
    overwrite: false,
  });
});

test('a title that names a variable runs nothing', async () => {
  await change({ title: `Of ${braced('job')}` })();
  expect(lab.twin().requests.map(({ path }) => path)).not.toContain('/api/ds/query');
});

describe('dashboards that are not to be saved from here', () => {
  test('one from a file', async () => {
    const attempt = change({ dashboard: 'shop-file' });
    await expect(attempt()).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('provisioned'),
    });
    await lab.unwritten(attempt);
  });

  test('a panel that other dashboards share, or that is not there', async () => {
    await lab.unwritten(change({ panels: [{ id: 6, title: 'x' }] }));
    await lab.unwritten(change({ panels: [{ id: 99, title: 'x' }] }));
  });

  test.each(['[1]', '"text"', '7', 'null'])('one whose settings are %s', async (defaults) => {
    lab.twin().state.editByHand('shop-main', (model) => {
      model.panels = [{ id: 1, type: 'x', fieldConfig: { defaults: JSON.parse(defaults) } }];
    });
    await lab.unwritten(change({ version: 2, panels: [{ id: 1, unit: 's' }] }));
  });

  test.each(['9007199254740993', '1e999'])(
    'one that holds the number %s, which would change',
    async (number) => {
      const { meta, dashboard } = await fetchBoard();
      const text = JSON.stringify({
        meta,
        dashboard: { ...dashboard, big: 'HERE', text: '12345678901234567890' },
      });
      lab.twin().mood.answer = { status: 200, body: text.replace('"HERE"', '1.25') };
      // The version lock of the twin is not reached: it answers everything with the dashboard.
      await expect(change({})()).rejects.toMatchObject({ code: 'outcome_unknown' });
      lab.twin().mood.answer = { status: 200, body: text.replace('"HERE"', number) };
      await lab.unwritten(change({}));
    },
  );

  async function fetchBoard() {
    const answer = await lab.twin().state.dashboards.get('shop-main');
    return { meta: { folderUid: 'shop', canSave: true }, dashboard: answer?.model ?? {} };
  }
});
