import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fill } from '../services/grafana/filled.ts';
import { type GrafanaTwin, startGrafanaTwin, TOKEN } from '../twins/grafana.ts';
import { openPrecheckLab, type PrecheckLab } from './precheck-lab.ts';

describe('a rollback on Grafana', () => {
  let twin: GrafanaTwin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startGrafanaTwin();
    fill(twin);
    twin.state.addFolder('above', 'Above');
    const shop = twin.state.folders.get('shop');
    if (shop) shop.parentUid = 'above';
    twin.state.addDashboard('shop', 'sales', { title: 'Sales', panels: [] });
    lab = await openPrecheckLab(
      `type: grafana, url: ${twin.url}, credentials: {token: {env: GRAFANA_TOKEN}}, folders: {shop: {}}`,
      'operates',
      { GRAFANA_TOKEN: TOKEN },
    );
  });
  afterEach(async () => {
    await lab.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

  const changed = (version = 1) =>
    lab.written('grafana_update_dashboard', {
      dashboard: 'sales',
      version,
      reason: 'a test',
      title: `Title ${version}`,
    });
  const annotated = () => lab.written('grafana_create_annotation', { dashboard: 'sales', text: 'a mark' });
  const permit = (action: string, scopes: string[] | undefined) => {
    const { [action]: _, ...others } = twin.state.permissions ?? {};
    twin.state.permissions = scopes ? { ...others, [action]: scopes } : others;
  };

  test.each([
    ['dashboards:write', changed],
    ['annotations:delete', annotated],
  ] as const)('needs %s', async (action, write) => {
    const start = await write();
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
    permit(action, undefined);
    expect(await lab.found(start)).toEqual([
      expect.stringContaining(`the account lacks ${action} on the dashboard sales;`),
    ]);
  });

  test.each([
    ['dashboards:uid:sales', 0],
    ['dashboards:uid:*', 0],
    ['folders:uid:shop', 0],
    ['folders:*', 0],
    ['*', 0],
    ['dashboards:uid:other', 1],
    ['annotations:*', 1],
  ])('to save within %s finds %i in its way', async (scope, obstacles) => {
    const start = await changed();
    permit('dashboards:write', [scope]);
    const plan = await lab.plan(start);
    expect(plan.obstacles).toHaveLength(obstacles);
    expect(plan.untried).toEqual([]);
  });

  test('of an annotation is let by the scopes of annotations too', async () => {
    const start = await annotated();
    permit('annotations:delete', ['annotations:type:dashboard']);
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
  });

  test('through a folder that may hold the dashboard’s is said to be untried', async () => {
    const start = await changed();
    permit('dashboards:write', ['folders:uid:above']);
    expect(await lab.plan(start)).toMatchObject({
      obstacles: [],
      untried: [expect.stringContaining('whether the account has dashboards:write on the dashboard sales')],
    });
  });

  test('on a version that does not tell its rights says so', async () => {
    const start = await changed();
    twin.state.permissions = undefined;
    expect(await lab.plan(start)).toMatchObject({
      obstacles: [],
      untried: [expect.stringContaining('Grafana does not say')],
    });
  });

  test('finds a later step that lacks a right', async () => {
    const start = await changed(1);
    await annotated();
    permit('dashboards:write', ['dashboards:uid:other']);
    expect(await lab.found(start)).toEqual([expect.stringContaining('lacks dashboards:write')]);
  });

  test('finds a dashboard that is gone, and a newer version of it', async () => {
    const start = await changed(1);
    twin.state.editByHand('sales', (model) => {
      model.description = 'by hand';
    });
    expect(await lab.found(start)).toEqual([
      expect.stringContaining('somebody saved the dashboard since, as version 3'),
    ]);
    twin.state.dashboards.delete('sales');
    expect(await lab.found(start)).toEqual([expect.stringContaining('Grafana has nothing of that uid')]);
  });

  test('finds a dashboard that is provisioned by now', async () => {
    const start = await changed(1);
    const sales = twin.state.dashboards.get('sales');
    if (sales) sales.provisioned = true;
    expect(await lab.found(start)).toEqual([expect.stringContaining('provisioned from a file')]);
  });

  test('has nothing to delete where the dashboard went with its annotations', async () => {
    const start = await annotated();
    twin.state.dashboards.delete('sales');
    twin.state.annotations = [];
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: [] });
  });
});
