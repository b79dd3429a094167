import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, withPipeline } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const lookup = (from: unknown, more = {}) => ({
  $lookup: { from, localField: 'a', foreignField: 'b', as: 'c', ...more },
});

test.each([
  ['$lookup', [lookup('secrets')]],
  ['$lookup into another database', [lookup({ db: 'other', coll: 'orders' })]],
  ['$lookup of the server’s own', [lookup('system.users')]],
  ['$lookup by a name with a dot', [lookup('other.orders')]],
  [
    '$graphLookup',
    [
      {
        $graphLookup: {
          from: 'secrets',
          startWith: '$a',
          connectFromField: 'a',
          connectToField: 'b',
          as: 'c',
        },
      },
    ],
  ],
  ['$unionWith', [{ $unionWith: 'secrets' }]],
  ['$unionWith as an object', [{ $unionWith: { coll: 'secrets', pipeline: [] } }]],
  ['$unionWith in another database', [{ $unionWith: { db: 'other', coll: 'orders' } }]],
  ['inside a $lookup', [lookup('items', { pipeline: [lookup('secrets')] })]],
  ['inside a $unionWith', [{ $unionWith: { coll: 'items', pipeline: [{ $unionWith: 'secrets' }] } }]],
  ['inside a $facet', [{ $facet: { a: [{ $match: {} }], b: [lookup('secrets')] } }]],
  [
    'three deep',
    [{ $facet: { a: [lookup('items', { pipeline: [{ $facet: { b: [lookup('secrets')] } }] })] } }],
  ],
])('%s does not reach a collection that is not linked', async (_, pipeline) => {
  for (const attempt of withPipeline(pipeline)) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});
