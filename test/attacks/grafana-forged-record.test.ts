import { describe, expect, test } from 'vitest';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { openLab } from '../services/grafana/lab.ts';

const lab = openLab();

describe('a way back that leads further than the change', () => {
  const ARGS = { dashboard: 'shop-main', version: 1, reason: 'drill', panels: [{ id: 1, unit: 's' }] };
  const field = (more: object) => ({
    panel: 1,
    path: ['fieldConfig', 'defaults', 'unit'],
    had: true,
    value: 'x',
    ...more,
  });

  test.each([
    [field({ path: ['targets'] })],
    [field({ path: ['datasource'], value: { uid: 'sql-1' } })],
    [field({ path: ['fieldConfig'], value: {} })],
    [field({ path: ['fieldConfig', 'defaults', 'unit', 'x'] })],
    [field({ panel: 3 })],
    [field({ panel: null, path: ['templating'] })],
    [field({}), field({ path: ['targets'] })],
    [],
  ])('to %j is not gone', async (...fields) => {
    const written = await lab.scoped().write(updateDashboard, 'shop', ARGS);
    const record = { ...written, before: { ...(written.before as object), fields } };
    await lab.unwritten(() => lab.scoped().revert(updateDashboard, 'shop', ARGS, record));
  });

  test('into another folder is not gone', async () => {
    const written = await lab.scoped().write(updateDashboard, 'shop', ARGS);
    const theirs = { ...ARGS, dashboard: 'fin-main' };
    await lab.unwritten(() =>
      lab.scoped().revert(updateDashboard, 'shop', theirs, { ...written, after: null }),
    );
    await lab.unwritten(() => lab.scoped().revert(updateDashboard, 'loose', ARGS, written));
  });
});

describe('a record that names another’s annotation', () => {
  const ARGS = { dashboard: 'shop-main', text: 'drill' };

  test('deletes nothing', async () => {
    const { state } = lab.twin();
    const written = await lab.scoped().write(createAnnotation, 'shop', ARGS);
    for (const theirs of state.annotations.slice(0, 3)) {
      const record = {
        ...written,
        after: { annotation: { ...theirs, dashboardUID: theirs.dashboardUID ?? null } },
      };
      await lab.unwritten(() => lab.scoped().revert(createAnnotation, 'shop', ARGS, record));
    }
  });

  test('nor one of another folder that bears the signature', async () => {
    const written = await lab.scoped().write(createAnnotation, 'shop', ARGS);
    const { state } = lab.twin();
    const own = state.annotations.at(-1);
    if (own) own.dashboardUID = 'fin-main';
    const after = { annotation: { ...own } as never };
    await lab.unwritten(() => lab.scoped().revert(createAnnotation, 'shop', ARGS, { ...written, after }));
  });

  test('nor by a signature that is none', async () => {
    const written = await lab.scoped().write(createAnnotation, 'shop', ARGS);
    for (const signature of ['', 'd', 'deployed 1.2']) {
      const record = { ...written, before: { signature, at: Date.now() - 600_000 }, after: null };
      await lab.unwritten(() => lab.scoped().revert(createAnnotation, 'shop', ARGS, record));
    }
  });
});

test.each([
  { status: 404, body: '<html>' },
  { status: 404, body: '{"message":"no Route matched with those values"}' },
  { status: 404, body: '{"message":"Not found"}' },
  { status: 404, body: '{}' },
  { status: 403, body: '{}' },
])('an annotation that cannot be looked at ($status) does not count as gone', async (answer) => {
  const args = { dashboard: 'shop-main', text: 'drill' };
  const written = await lab.scoped().write(createAnnotation, 'shop', args);
  lab.twin().mood.answer = answer;
  await expect(lab.scoped().revert(createAnnotation, 'shop', args, written)).rejects.toThrow();
});

test('an annotation that is gone already needs nothing', async () => {
  const args = { dashboard: 'shop-main', text: 'drill' };
  const written = await lab.scoped().write(createAnnotation, 'shop', args);
  lab.twin().state.annotations.pop();
  lab.twin().forget();
  await lab.scoped().revert(createAnnotation, 'shop', args, written);
  expect(lab.twin().writes()).toEqual([]);
});
