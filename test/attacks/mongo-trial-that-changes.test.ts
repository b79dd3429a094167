import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Opened, openMongo } from '../versions/precheck-twins.ts';

/** A way back that is tried runs its own code, which ends in commands that change the database. */
describe('trying a way back on MongoDB', () => {
  let opened: Opened<typeof openMongo>;
  let twin: typeof opened.twin;
  let lab: typeof opened.lab;
  beforeEach(async () => {
    opened = await openMongo();
    ({ twin, lab } = opened);
  });
  afterEach(() => opened.close());

  const collection = 'orders';
  test.each([
    ['mongo_insert', { collection, documents: [{ _id: 'c' }] }],
    ['mongo_update', { collection, filter: { _id: 'a' }, update: { $set: { total: 9 } }, max_documents: 1 }],
    ['mongo_delete', { collection, filter: { _id: 'a' }, max_documents: 1 }],
    ['mongo_create_index', { collection, name: 'by_total', key: [{ field: 'total', order: 1 }] }],
    ['mongo_drop_index', { collection, index: 'by_a' }],
  ])('of %s sends no command that writes, and neither does trying to make it again', async (tool, args) => {
    const start = await lab.written(tool, args);
    await leavesAlone(start);
    await leavesAlone(await lab.back(start));
  });

  async function leavesAlone(to: number): Promise<void> {
    const state = () => [
      twin.state.dump('shop', 'orders'),
      structuredClone(twin.state.database('shop').get('orders')?.indexes),
    ];
    const left = state();
    twin.forget();
    const { obstacles, steps } = await lab.plan(to);
    expect({ obstacles, steps: steps.length }).toEqual({ obstacles: [], steps: 1 });
    expect(twin.commands.length).toBeGreaterThan(0);
    for (const { name } of twin.commands)
      expect(name).toMatch(/^(find|listCollections|listIndexes|connectionStatus|killCursors)$/);
    expect(state()).toEqual(left);
  }
});
