import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, withFilter, withPipeline } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const STAGES = [
  '$currentOp',
  '$listSessions',
  '$listLocalSessions',
  '$listSampledQueries',
  '$collStats',
  '$indexStats',
  '$planCacheStats',
  '$changeStream',
  '$changeStreamSplitLargeEvent',
  '$documents',
  '$search',
  '$searchMeta',
  '$vectorSearch',
  '$listSearchIndexes',
  '$queryStats',
  '$querySettings',
  '$shardedDataDistribution',
  '$geoNear',
  '$mergeCursors',
  '$_internalInhibitOptimization',
  '$unknown',
  'match',
  'constructor',
  '__proto__',
];

test.each(STAGES)('the stage %s does not reach the server, at any depth', async (name) => {
  const stage = JSON.parse(`{${JSON.stringify(name)}: {}}`);
  const pipelines = [
    [stage],
    [{ $facet: { a: [stage] } }],
    [{ $lookup: { from: 'items', pipeline: [stage], as: 'c' } }],
    [{ $unionWith: { coll: 'items', pipeline: [stage] } }],
  ];
  for (const pipeline of pipelines)
    for (const attempt of withPipeline(pipeline)) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test.each([
  '$$USER_ROLES',
  '$$CLUSTER_TIME',
  '$$SEARCH_META',
  '$$IS_MR',
  '$$JS_SCOPE',
  '$$USER_ROLES.role',
  '$$',
])('the variable %s does not reach the server', async (variable) => {
  const filters = [{ $expr: { $eq: [variable, 1] } }, { $expr: { $let: { vars: { x: variable }, in: 1 } } }];
  for (const filter of filters)
    for (const attempt of withFilter(filter)) await expect(attempt(lab.mongo)).rejects.toThrow();
  for (const attempt of withPipeline([{ $project: { x: variable } }]))
    await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab)).toEqual([]);
});

test.each([{ $meta: 'recordId' }, { $meta: 'indexKey' }, { $meta: 'searchScore' }])(
  '%j is not shown',
  async (meta) => {
    for (const attempt of withPipeline([{ $project: { x: meta } }]))
      await expect(attempt(lab.mongo)).rejects.toThrow();
    expect(leftOf(lab)).toEqual([]);
  },
);
