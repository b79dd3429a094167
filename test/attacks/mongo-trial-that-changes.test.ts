import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MongoTwin, startMongoTwin } from '../twins/mongodb.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

/** A way back that is tried runs its own code, which ends in commands that change the database. */
describe('trying a way back on MongoDB', () => {
  let twin: MongoTwin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startMongoTwin();
    twin.state.put('shop', 'orders', { _id: 'a', total: 1 }, { _id: 'b', total: 2 });
    twin.state
      .database('shop')
      .get('orders')
      ?.indexes.push({ v: 2, key: { a: 1 }, name: 'by_a' });
    lab = await openPrecheckLab(
      `type: mongodb, host: 127.0.0.1, port: ${twin.port}, credentials: {user: {env: U}, password: {env: P}}, databases: {shop: {}}`,
      'queries',
      { U: twin.user, P: twin.password },
    );
  });
  afterEach(async () => {
    await lab.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

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
