import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { alertRules } from '../../../src/services/grafana/tools/alert-rules.ts';
import { annotations } from '../../../src/services/grafana/tools/annotations.ts';
import { dashboard } from '../../../src/services/grafana/tools/dashboard.ts';
import { datasourceHealth } from '../../../src/services/grafana/tools/datasource-health.ts';
import { datasources } from '../../../src/services/grafana/tools/datasources.ts';
import { folders } from '../../../src/services/grafana/tools/folders.ts';
import { panelQueries } from '../../../src/services/grafana/tools/panel-queries.ts';
import { search } from '../../../src/services/grafana/tools/search.ts';
import { at } from './filled.ts';
import { openGrafana, openLab } from './lab.ts';

const lab = openLab();

describe('lists say what they cut', () => {
  test('dashboards, by count and by rows', async () => {
    expect(await lab.whole().read(search, undefined, { count: 2 })).toMatchObject({
      dashboards: [{ uid: 'loose-main', folder: 'general' }, { uid: 'fin-main' }],
      truncated: true,
      hint: expect.stringContaining('count'),
    });
    const few = await lab.whole().read(search, undefined, {}, { limits: { rows: 1 } });
    expect(few).toMatchObject({ dashboards: [{}], truncated: true });
    expect(await lab.whole().read(search, undefined, { tag: 'ledger' })).toMatchObject({
      dashboards: [{ uid: 'fin-main' }],
      truncated: false,
    });
  });

  test('panels, queries, data sources, folders, annotations and rules', async () => {
    const limits = { limits: { rows: 1 } };
    const at7 = { dashboard: 'shop-main', panel: 1 };
    const whole = lab.whole();
    const answers = [
      await whole.read(dashboard, undefined, { uid: 'shop-main' }, limits),
      await whole.read(panelQueries, undefined, at7, limits),
      await whole.read(datasources, undefined, {}, limits),
      await whole.read(folders, undefined, {}, limits),
      await whole.read(annotations, undefined, {}, limits),
      await whole.read(alertRules, undefined, {}, limits),
    ];
    expect(answers).toEqual(
      Array(6).fill(expect.objectContaining({ truncated: true, hint: expect.any(String) })),
    );
    const lists = answers.map((answer) => Object.values(answer).filter(Array.isArray).at(-1)?.length);
    expect(lists).toEqual(Array(6).fill(1));
  });

  test('a long stored query is cut and says so', async () => {
    lab.twin().state.editByHand('shop-main', (model) => {
      model.panels = [
        { id: 1, type: 'x', targets: [{ refId: 'A', rawSql: 'x'.repeat(9000) }, { refId: 'B' }] },
      ];
    });
    const { queries } = await lab.whole().read(panelQueries, undefined, { dashboard: 'shop-main', panel: 1 });
    expect(queries).toEqual([{ ref_id: 'A', text: 'x'.repeat(8000), cut: true }, { ref_id: 'B' }]);
  });
});

describe('folders', () => {
  test('no folder is a folder of its own, named general', async () => {
    expect(await lab.scoped().read(search, 'loose', {})).toMatchObject({
      dashboards: [{ uid: 'loose-main' }],
    });
    expect(await lab.scoped().read(dashboard, 'loose', { uid: 'loose-main' })).toMatchObject({
      folder: 'general',
    });
    expect(await lab.scoped().read(folders, 'loose', {})).toMatchObject({ folders: [{ uid: 'general' }] });
    expect(await lab.scoped().read(alertRules, 'loose', {})).toMatchObject({ rules: [] });
  });

  test('without folders named, all are listed, by their parent', async () => {
    const { folders: top } = await lab.whole().read(folders, undefined, {});
    expect(top.map(({ uid }) => uid)).toEqual(['shop', 'finance']);
  });

  test('a component that names folders is not reached as a whole', async () => {
    await lab.refused(() => lab.scoped().read(search, undefined, {}));
    await lab.refused(() => lab.scoped().read(dashboard, undefined, { uid: 'fin-main' }));
  });

  test('an older Grafana does not tell the folders of rules, so a folder shows none', async () => {
    lab.twin().mood.isOld = true;
    await expect(lab.scoped().read(alertRules, 'shop', {})).rejects.toMatchObject({
      code: 'query_failed',
      detail: expect.stringContaining('11.4'),
    });
    const { rules } = await lab.whole().read(alertRules, undefined, {});
    expect(rules.map(({ folder }) => folder)).toEqual(['Shop team', 'Shop team', 'Finance team']);
  });
});

describe('annotations', () => {
  test('times are read and shown in words', async () => {
    const { annotations: shown } = await lab
      .whole()
      .read(annotations, undefined, { from: 'now-15m', to: 'now' });
    expect(shown).toMatchObject([{ text: 'deployed 1.2' }]);
    expect(Math.abs(Date.parse(shown[0]?.time ?? '') - at(10))).toBeLessThan(60_000);
    for (const range of [
      { from: 'yesterday' },
      { from: 'now', to: 'now' },
      { from: 'now-2y' },
      { from: 'now-800d' },
    ])
      await lab.refused(() => lab.whole().read(annotations, undefined, range));
  });
});

describe('dashboards of other kinds', () => {
  test('the new schema with elements is not understood, and said so', async () => {
    lab.twin().state.editByHand('shop-main', (model) => {
      model.elements = {};
    });
    await expect(lab.whole().read(dashboard, undefined, { uid: 'shop-main' })).rejects.toMatchObject({
      code: 'query_failed',
    });
  });

  test('rows of an old model, odd parts and panels of one number', async () => {
    lab.twin().state.editByHand('shop-main', (model) => {
      model.panels = [{ id: 'x' }, null, { id: 9, type: 'a' }, { id: 9, type: 'b' }];
      model.rows = [{ panels: [{ id: 8, type: 'graph', targets: 'none' }] }];
      model.templating = { list: [{ name: 1 }, { name: 'a', type: 'custom' }] };
      model.links = 'none';
    });
    const found = await lab.whole().read(dashboard, undefined, { uid: 'shop-main' });
    expect(found.panels.map(({ id }) => id)).toEqual([9, 9, 8]);
    expect(found.variables).toEqual([{ name: 'a', type: 'custom', current: [] }]);
    await lab.unwritten(() =>
      lab.whole().read(panelQueries, undefined, { dashboard: 'shop-main', panel: 9 }),
    );
  });
});

describe('errors', () => {
  test('wrong credentials', async () => {
    const other = openGrafana({ url: lab.twin().url, credentials: { token: new Secret('token', 'wrong') } });
    await expect(other.read(search, undefined, {})).rejects.toMatchObject({ code: 'login_failed' });
  });

  test('an organisation that the account is not in', async () => {
    const token = { token: new Secret('token', 'glsa_twin_t0ken') };
    const other = openGrafana({ url: lab.twin().url, credentials: token, org_id: 2 });
    await expect(other.read(search, undefined, {})).rejects.toMatchObject({ code: 'permission_denied' });
  });

  test.each([
    [400, 'query_failed'],
    [403, 'permission_denied'],
    [404, 'not_found'],
    [429, 'too_busy'],
    [500, 'backend_failed'],
    [503, 'backend_failed'],
  ])('status %i is %s', async (status, code) => {
    lab.twin().mood.answer = { status, body: JSON.stringify({ message: 'x' }) };
    await expect(lab.whole().read(search, undefined, {})).rejects.toMatchObject({ code });
  });

  test('an answer of something else', async () => {
    for (const body of ['<html>', '{}', '[{"uid":1}]', '']) {
      lab.twin().mood.answer = { status: 200, body };
      await expect(lab.whole().read(search, undefined, {})).rejects.toMatchObject({ code: 'backend_failed' });
    }
  });

  test('a server that is down, that hangs, and a call that is cancelled', async () => {
    const down = openGrafana({ url: 'http://127.0.0.1:1', credentials: { token: new Secret('token', 't') } });
    await expect(down.read(search, undefined, {})).rejects.toMatchObject({ code: 'unreachable' });
    lab.twin().mood.hangs = true;
    const late = AbortSignal.timeout(20);
    await expect(lab.whole().read(search, undefined, {}, { signal: late })).rejects.toMatchObject({
      code: 'timeout',
    });
    const stop = new AbortController();
    const reading = lab.whole().read(search, undefined, {}, { signal: stop.signal });
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a data source that is not there, and one that cannot say how it is', async () => {
    await expect(lab.whole().read(datasourceHealth, undefined, { uid: 'nope' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(lab.whole().read(dashboard, undefined, { uid: 'nope' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('credentials over plain http to another machine are warned of', async () => {
    const far = openGrafana({
      url: 'http://grafana.invalid',
      credentials: { token: new Secret('token', 't') },
    });
    await expect(far.read(search, undefined, {})).rejects.toMatchObject({ code: 'unreachable' });
    expect(far.warnings).toEqual([expect.stringContaining('https')]);
    const near = lab.whole();
    await near.read(search, undefined, {});
    expect(near.warnings).toEqual([]);
  });
});

describe('long lists within one answer', () => {
  test('alerts of one rule, options of one variable, variables and links', async () => {
    const alert = { state: 'Alerting', labels: {} };
    lab.twin().state.groups[0]?.rules[0]?.alerts.push(...Array.from({ length: 200 }, () => alert));
    const { rules } = await lab.scoped().read(alertRules, 'shop', { text: 'Shop down' });
    expect(rules).toMatchObject([{ alerts_cut: true }]);
    expect(rules[0]?.alerts).toHaveLength(20);
    const many = Array.from({ length: 101 }, (_, index) => index);
    lab.twin().state.editByHand('shop-main', (model) => {
      const options = many.map((index) => ({ value: `o${index}` }));
      model.templating = { list: [{ name: 'a', type: 'custom', options }] };
      model.description = 'x'.repeat(600);
    });
    const found = await lab.scoped().read(dashboard, 'shop', { uid: 'shop-main' });
    expect(found).toMatchObject({ truncated: false, variables: [{ options_cut: true }] });
    expect(found.variables[0]?.options).toHaveLength(50);
    expect(found.description).toBe(`${'x'.repeat(500)}…`);
    lab.twin().state.editByHand('shop-main', (model) => {
      model.templating = { list: many.map((index) => ({ name: `v${index}`, type: 'custom' })) };
    });
    expect(await lab.scoped().read(dashboard, 'shop', { uid: 'shop-main' })).toMatchObject({
      truncated: true,
    });
  });

  test('an annotation without a number, as of alerts kept elsewhere, is shown without one', async () => {
    const made = lab.twin().state.addAnnotation({ text: 'alert', dashboardUID: 'shop-main', time: at(1) });
    Reflect.deleteProperty(made, 'id');
    const { annotations: shown } = await lab
      .scoped()
      .read(annotations, 'shop', { dashboard: 'shop-main', count: 1 });
    expect(shown).toMatchObject([{ text: 'alert' }]);
    expect(shown[0]).not.toHaveProperty('id');
  });
});
