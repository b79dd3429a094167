import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Opened, openGrafana } from '../versions/precheck-twins.ts';

/** A way back that is tried runs its own code, which ends in saving a dashboard or deleting an annotation. */
describe('trying a way back on Grafana', () => {
  let opened: Opened<typeof openGrafana>;
  let twin: typeof opened.twin;
  let lab: typeof opened.lab;
  beforeEach(async () => {
    opened = await openGrafana();
    ({ twin, lab } = opened);
  });
  afterEach(() => opened.close());

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
