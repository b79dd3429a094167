import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { remove } from '../../src/services/mongodb/tools/delete.ts';
import { find } from '../../src/services/mongodb/tools/find.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, withFilter, withPipeline } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  for (let i = 0; i < 8; i += 1)
    lab.twin.state.put('shop', 'report.big', { _id: i, text: 'x'.repeat(200_000) });
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

test('no read fetches more than one batch, and no cursor stays open', async () => {
  lab.twin.batchBytes = 300_000;
  const result = await lab.mongo.read(find, 'shop', { collection: 'report.big' });
  lab.twin.batchBytes = 16 * 2 ** 20;
  expect(result).toMatchObject({ truncated: true });
  expect(leftOf(lab)).toEqual(['listCollections', 'find', 'killCursors']);
  expect(lab.twin.openCursors).toBe(0);
});

test('a limit over that of the component is not asked of the server', async () => {
  await lab.mongo.read(find, 'shop', { collection: 'orders', limit: 10_000 }, { limits: { rows: 5 } });
  expect(lab.sent().find((command) => command.find)?.limit.value).toBe(6);
});

test('a write whose way back would be larger than can be kept changes nothing', async () => {
  const args = { collection: 'report.big', filter: { _id: { $gte: 0 } } };
  await expect(lab.mongo.write(remove, 'shop', args)).rejects.toMatchObject({ code: 'result_too_large' });
  expect(leftOf(lab)).not.toContain('delete');
  expect(lab.twin.state.dump('shop', 'report.big')).toHaveLength(8);
});

test('deep nesting is refused before it is sent', async () => {
  let filter: object = { a: 1 };
  for (let i = 0; i < 200; i += 1) filter = { $and: [filter] };
  let expression: unknown = 1;
  for (let i = 0; i < 200; i += 1) expression = { $abs: expression };
  for (const attempt of [...withFilter(filter), ...withPipeline([{ $project: { x: expression } }])])
    await expect(attempt(lab.mongo)).rejects.toMatchObject({ code: 'query_refused' });
  expect(leftOf(lab)).toEqual([]);
});

test('a thousand stages are refused before they are sent', async () => {
  const stages = Array.from({ length: 50 }, () => ({ $limit: 1 }));
  const facets = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, stages]));
  for (const attempt of withPipeline([{ $facet: facets }]))
    await expect(attempt(lab.mongo)).rejects.toMatchObject({ code: 'query_refused' });
  expect(leftOf(lab)).toEqual([]);
});
