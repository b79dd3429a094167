import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { find } from '../../src/services/mongodb/tools/find.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, withFilter, withPipeline } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const JS = { body: 'function() { return true }', args: [], lang: 'js' };
const FUNCTION = { $function: JS };

test.each([
  ['$where', { $where: 'sleep(1000) || true' }],
  ['$where under $and', { $and: [{ total: 1 }, { $or: [{ $where: '1' }] }] }],
  ['$where under $nor', { $nor: [{ $where: '1' }] }],
  ['$where in $elemMatch', { tags: { $elemMatch: { $where: '1' } } }],
  ['$where after an operator in $elemMatch', { tags: { $elemMatch: { a: 1, $where: '1' } } }],
  ['$where beside a condition', { total: { $gt: 1, $where: '1' } }],
  ['$where in $not', { total: { $not: { $where: '1' } } }],
  ['$function in $expr', { $expr: FUNCTION }],
  ['$function deep in $expr', { $expr: { $and: [{ $cond: [FUNCTION, 1, 0] }] } }],
  ['$function in $let', { $expr: { $let: { vars: { x: FUNCTION }, in: 1 } } }],
  ['$function in $map', { $expr: { $map: { input: [1], as: 'x', in: FUNCTION } } }],
  ['code as a value', { total: { $code: 'function() {}' } }],
  ['code in $eq', { total: { $eq: { $code: '1', $scope: {} } } }],
  ['code in $in', { total: { $in: [{ $code: '1' }] } }],
  ['$where as Unicode', { '\uff04where': 1, $where: '1' }],
])('%s in a filter does not reach the server', async (_, filter) => {
  for (const attempt of withFilter(filter)) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
  expect(lab.tap.sent().includes('function')).toBe(false);
});

test.each([
  ['$function', [{ $project: { x: FUNCTION } }]],
  ['$function in $match', [{ $match: { $expr: FUNCTION } }]],
  ['$accumulator', [{ $group: { _id: 1, x: { $accumulator: { init: 'function() {}' } } } }]],
  [
    '$accumulator in $bucket',
    [{ $bucket: { groupBy: '$a', boundaries: [1, 2], output: { x: { $accumulator: {} } } } }],
  ],
  ['$accumulator in a window', [{ $setWindowFields: { output: { x: { $accumulator: {} } } } }]],
  [
    '$function in $graphLookup',
    [
      {
        $graphLookup: {
          from: 'items',
          startWith: FUNCTION,
          connectFromField: 'a',
          connectToField: 'b',
          as: 'c',
        },
      },
    ],
  ],
  [
    '$where in $graphLookup',
    [
      {
        $graphLookup: {
          from: 'items',
          startWith: '$a',
          connectFromField: 'a',
          connectToField: 'b',
          as: 'c',
          restrictSearchWithMatch: { $where: '1' },
        },
      },
    ],
  ],
  [
    '$function in let of $lookup',
    [{ $lookup: { from: 'items', let: { x: FUNCTION }, pipeline: [], as: 'c' } }],
  ],
  ['$function in $redact', [{ $redact: FUNCTION }]],
  ['$function in $replaceWith', [{ $replaceWith: FUNCTION }]],
  ['$function in $fill', [{ $fill: { output: { a: { value: FUNCTION } } } }]],
  ['$function in $unwind', [{ $unwind: { path: FUNCTION } }]],
  ['$function in $sortByCount', [{ $sortByCount: FUNCTION }]],
  ['$function in $literal', [{ $project: { x: { $literal: FUNCTION } } }]],
  ['an inner pipeline of mapReduce', [{ $_internalJsEmit: { eval: 'function() {}' } }]],
])('%s in a pipeline does not reach the server', async (_, pipeline) => {
  for (const attempt of withPipeline(pipeline)) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test('nor does it in a projection or a sort', async () => {
  const asks = [
    { projection: { x: FUNCTION } },
    { projection: { tags: { $elemMatch: { $where: '1' } } } },
    { projection: { a: { b: FUNCTION } } },
    { sort: { x: FUNCTION } },
    { sort: { $where: 1 } },
  ];
  for (const ask of asks)
    await expect(lab.mongo.read(find, 'shop', { collection: 'orders', ...ask } as never)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});
