import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fill } from '../services/grafana/filled.ts';
import { type GrafanaTwin, startGrafanaTwin, TOKEN } from '../twins/grafana.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

/** A way back that is tried runs its own code, which ends in saving a dashboard or deleting an annotation. */
describe('trying a way back on Grafana', () => {
  let twin: GrafanaTwin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startGrafanaTwin();
    fill(twin);
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

  test.each([
    ['grafana_update_dashboard', { dashboard: 'sales', version: 1, reason: 'a test', title: 'New' }],
    ['grafana_create_annotation', { dashboard: 'sales', text: 'a mark' }],
  ])('of %s sends GET alone, and so does trying to make it again', async (tool, args) => {
    const start = await lab.written(tool, args);
    await leavesAlone(start);
    await leavesAlone(await lab.back(start));
  });

  async function leavesAlone(to: number): Promise<void> {
    const left = twin.state.contents();
    twin.forget();
    const { obstacles, steps } = await lab.plan(to);
    expect({ obstacles, steps: steps.length }).toEqual({ obstacles: [], steps: 1 });
    expect(twin.requests.length).toBeGreaterThan(0);
    for (const { method, path } of twin.requests) expect(`${method} ${path}`).toMatch(/^GET /);
    expect(twin.state.contents()).toEqual(left);
  }
});
