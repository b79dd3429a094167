import { describe, expect, test } from 'vitest';
import { createAnnotation } from '../../../src/services/grafana/tools/create-annotation.ts';
import { updateDashboard } from '../../../src/services/grafana/tools/update-dashboard.ts';
import { MODEL } from './filled.ts';
import { openLab } from './lab.ts';

const lab = openLab();
type Update = Parameters<typeof write>[0];

const versionOf = (uid: string) => lab.twin().state.dashboards.get(uid)?.model.version ?? -1;
const full = (patch: object) =>
  updateDashboard.params.parse({
    dashboard: 'shop-main',
    version: versionOf('shop-main'),
    reason: 'a test',
    ...patch,
  });
const write = (args: ReturnType<typeof full>, between?: () => Promise<void>) =>
  lab.scoped().write(updateDashboard, 'shop', args, between ? { between } : {});
const back = (args: Update, written: Awaited<ReturnType<typeof write>>) =>
  lab.scoped().revert(updateDashboard, 'shop', args, written);
const contents = () => lab.twin().state.contents();

const PATCHES: object[] = [
  { title: 'Other' },
  { description: '' },
  { tags: [] },
  { tags: ['a', 'team:b'] },
  { time_from: 'now-2d', time_to: 'now/d' },
  { refresh: '' },
  { panels: [{ id: 1, title: 'T', description: 'D', unit: 'bytes' }] },
  { panels: [{ id: 1, thresholds: { base: 'blue', steps: [{ value: 80, color: '#ff0000' }] } }] },
  { panels: [{ id: 3, unit: 's', thresholds: { mode: 'percentage', base: 'green', steps: [] } }] },
  {
    panels: [
      { id: 4, title: 'Notes of the team' },
      { id: 2, title: 'Row' },
    ],
  },
  { panels: [{ id: 4, unit: 'short', description: 'x' }], title: 'Both', refresh: '5m' },
];

describe('a changed dashboard', () => {
  test.each(PATCHES)('%j comes back whole, and only what was named changed', async (patch) => {
    const before = contents();
    const args = full(patch);
    const written = await write(args);
    expect(contents()).not.toEqual(before);
    await back(args, written);
    expect(contents()).toEqual(before);
    expect(versionOf('shop-main')).toBe(3);
    await back(args, written);
    expect(contents()).toEqual(before);
    expect(versionOf('shop-main')).toBe(3);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'whatever was written comes back, in reverse order (seed %i)',
    async (seed) => {
      let state = seed;
      // A linear congruential generator (Numerical Recipes) is random enough to mix a dozen steps.
      const below = (most: number) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((state / 2 ** 32) * most);
      };
      const states: unknown[] = [];
      const undo: (() => Promise<void>)[] = [];
      for (let step = 0; step < 10; step += 1) {
        const args = full({ ...PATCHES[below(PATCHES.length)], description: `step ${step}` });
        states.push(contents());
        const written = await write(args);
        undo.push(() => back(args, written));
      }
      for (const takeBack of undo.toReversed()) {
        await takeBack();
        expect(contents()).toEqual(states.pop());
      }
    },
  );

  test('the fields of the model that nobody named are sent as they were, numbers and all', async () => {
    const { futureField, panels } = structuredClone(MODEL);
    await write(full({ title: 'Other' }));
    expect(lab.twin().state.dashboards.get('shop-main')?.model).toMatchObject({ futureField, panels });
  });

  test('somebody saved between look and write: refused by the version, nothing written', async () => {
    const byHand = async () => lab.twin().state.editByHand('shop-main', (model) => (model.title = 'Theirs'));
    await expect(write(full({ title: 'Mine' }), byHand)).rejects.toMatchObject({ code: 'conflict' });
    expect(lab.twin().writes()).toEqual([]);
    expect(lab.twin().state.dashboards.get('shop-main')?.model.title).toBe('Theirs');
  });

  test('somebody saved at the last moment: refused by Grafana, nothing overwritten', async () => {
    lab.twin().mood.meanwhile = () =>
      lab.twin().state.editByHand('shop-main', (model) => (model.title = 'Theirs'));
    await expect(write(full({ title: 'Mine' }))).rejects.toMatchObject({ code: 'conflict' });
    expect(lab.twin().writes()).toHaveLength(1);
    expect(lab.twin().state.dashboards.get('shop-main')?.model.title).toBe('Theirs');
  });

  test.each(['title', 'timezone'])(
    'somebody changed %s since: conflict, nothing overwritten',
    async (field) => {
      const args = full({ title: 'Mine' });
      const written = await write(args);
      lab.twin().state.editByHand('shop-main', (model) => (model[field] = 'Theirs'));
      const theirs = contents();
      await expect(back(args, written)).rejects.toMatchObject({ code: 'conflict' });
      expect(contents()).toEqual(theirs);
    },
  );

  test('somebody saves while it is taken back: refused by Grafana', async () => {
    const args = full({ title: 'Mine' });
    const written = await write(args);
    lab.twin().mood.meanwhile = () =>
      lab.twin().state.editByHand('shop-main', (model) => (model.timezone = 'utc'));
    await expect(back(args, written)).rejects.toMatchObject({ code: 'conflict' });
    expect(lab.twin().state.dashboards.get('shop-main')?.model).toMatchObject({
      title: 'Mine',
      timezone: 'utc',
    });
  });

  /** A write of which no more is known than what its capture saw; its arguments fit the present version. */
  async function torn(patch: object) {
    const args = full(patch);
    const written = await write(args);
    await back(args, written);
    const version = versionOf('shop-main');
    const before = { ...(written.before as object), version };
    return { args: { ...args, version }, image: { ...written, before, after: null } };
  }

  test('an answer that got lost: unknown, and taken back where the next version holds just what was asked', async () => {
    const before = contents();
    const { args, image } = await torn({ title: 'Mine', refresh: '1m' });
    lab.twin().mood.losesAnswers = true;
    await expect(write(args)).rejects.toMatchObject({ code: 'outcome_unknown' });
    lab.twin().mood.losesAnswers = false;
    expect(contents()).not.toEqual(before);
    await back(args, image);
    expect(contents()).toEqual(before);
    lab.twin().state.editByHand('shop-main', (model) => {
      model.title = 'Theirs';
    });
    await expect(back(args, image)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('an answer that got lost, and somebody who saved since: conflict', async () => {
    const { args, image } = await torn({ title: 'Mine' });
    await write(args);
    lab.twin().state.editByHand('shop-main', (model) => {
      model.timezone = 'utc';
    });
    const theirs = contents();
    await expect(back(args, image)).rejects.toMatchObject({ code: 'conflict' });
    expect(contents()).toEqual(theirs);
  });

  test('a write that never arrived, and somebody who saved the same and more: conflict', async () => {
    const { args, image } = await torn({ title: 'Mine' });
    lab.twin().state.editByHand('shop-main', (model) => {
      model.title = 'Mine';
      model.timezone = 'utc';
    });
    const theirs = contents();
    await expect(back(args, image)).rejects.toMatchObject({ code: 'conflict' });
    expect(contents()).toEqual(theirs);
  });

  test('a write that never arrived has nothing to take back', async () => {
    const { args, image } = await torn({ title: 'Mine' });
    lab.twin().forget();
    await back(args, image);
    expect(lab.twin().writes()).toEqual([]);
  });
});

describe('a created annotation', () => {
  const mark = (more: object = {}) => ({ dashboard: 'shop-main', text: 'drill', tags: ['a'], ...more });
  const create = (args: ReturnType<typeof mark>) => lab.scoped().write(createAnnotation, 'shop', args);
  const undo = (args: ReturnType<typeof mark>, written: Awaited<ReturnType<typeof create>>) =>
    lab.scoped().revert(createAnnotation, 'shop', args, written);

  describe.each([{ isOf12: false }, { isOf12: true }])('of a Grafana with %j', ({ isOf12 }) => {
    test.each([{}, { panel: 3 }, { time: 'now-1h', end: 'now' }, { tags: ['b', 'a', 'a'] }])(
      '%j is deleted, just that one',
      async (more) => {
        lab.twin().mood.isOf12 = isOf12;
        const before = contents();
        const written = await create(mark(more));
        expect(contents()).not.toEqual(before);
        await undo(mark(more), written);
        expect(contents()).toEqual(before);
        await undo(mark(more), written);
        expect(contents()).toEqual(before);
      },
    );
  });

  test.each([
    { text: 'theirs' },
    { tags: [] },
    { time: 5 },
    { timeEnd: 9e12 },
    { panelId: 2 },
    { dashboardUID: 'fin-main' },
  ])('changed since to %j it stays', async (change) => {
    const written = await create(mark());
    lab.twin().state.editAnnotation(written.output.id ?? 0, change);
    const theirs = contents();
    await expect(undo(mark(), written)).rejects.toMatchObject({ code: 'conflict' });
    expect(contents()).toEqual(theirs);
  });

  test('one whose answer got lost is found by its signature', async () => {
    const before = contents();
    lab.twin().mood.losesAnswers = true;
    const lost = create(mark({ panel: 1 }));
    await expect(lost).rejects.toMatchObject({ code: 'outcome_unknown' });
    lab.twin().mood.losesAnswers = false;
    const [made] = lab.twin().state.annotations.slice(-1);
    const signature = made?.text.replace(/drill$/, '');
    const torn = { output: {} as never, before: { signature: signature ?? '', at: Date.now() }, after: null };
    lab.twin().state.editAnnotation(made?.id ?? 0, { tags: ['theirs'] });
    await expect(undo(mark({ panel: 1 }), torn)).rejects.toMatchObject({ code: 'conflict' });
    lab.twin().state.annotations.pop();
    lab.twin().state.addAnnotation({
      text: `${signature}drill`,
      dashboardUID: 'shop-main',
      panelId: 1,
      tags: ['a'],
      time: Date.now(),
    });
    await undo(mark({ panel: 1 }), torn);
    expect(contents()).toEqual(before);
    await undo(mark({ panel: 1 }), torn);
    expect(contents()).toEqual(before);
  });

  test('of two with the signature none is chosen', async () => {
    const written = await create(mark());
    const [made] = lab.twin().state.annotations.slice(-1);
    lab.twin().state.addAnnotation({ ...made, text: made?.text ?? '' });
    const both = contents();
    await expect(undo(mark(), { ...written, after: null })).rejects.toMatchObject({ code: 'conflict' });
    expect(contents()).toEqual(both);
  });
});
