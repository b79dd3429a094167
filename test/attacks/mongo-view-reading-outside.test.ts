import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { find } from '../../src/services/mongodb/tools/find.ts';
import { indexes } from '../../src/services/mongodb/tools/indexes.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf, readsOf, withPipeline } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  const { state } = lab.twin;
  state.create('shop', 'report.on_secrets', { viewOn: 'secrets', pipeline: [] });
  state.create('shop', 'report.on_view', { viewOn: 'peeking', pipeline: [] });
  state.create('shop', 'report.union', { viewOn: 'orders', pipeline: [{ $unionWith: { coll: 'secrets' } }] });
  state.create('shop', 'report.js', {
    viewOn: 'orders',
    pipeline: [{ $addFields: { x: { $function: { body: 'function() {}', args: [], lang: 'js' } } } }],
  });
  state.create('shop', 'report.facet', {
    viewOn: 'orders',
    pipeline: [{ $facet: { a: [{ $unionWith: 'secrets' }] } }],
  });
  state.create('shop', 'report.loop', { viewOn: 'report.pool', pipeline: [] });
  state.create('shop', 'report.pool', { viewOn: 'report.loop', pipeline: [] });
});
beforeEach(() => lab.forget());
afterAll(() => lab.close());

const VIEWS = ['peeking', 'report.on_secrets', 'report.on_view', 'report.union', 'report.js', 'report.facet'];
const reading = ['find', 'aggregate', 'explain'];

test.each(VIEWS)('the linked view %s does not show what is behind it outside the link', async (name) => {
  for (const attempt of readsOf(name)) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab).filter((command) => reading.includes(command))).toEqual([]);
});

test.each(VIEWS)('nor does a pipeline that joins the view %s', async (from) => {
  const stages = [
    [{ $lookup: { from, localField: 'a', foreignField: 'b', as: 'c' } }],
    [{ $unionWith: from }],
    [{ $facet: { a: [{ $unionWith: { coll: from, pipeline: [] } }] } }],
  ];
  for (const pipeline of stages)
    for (const attempt of withPipeline(pipeline)) await expect(attempt(lab.mongo)).rejects.toThrow();
  expect(leftOf(lab).filter((command) => reading.includes(command))).toEqual([]);
});

test('views that stand on each other are asked after once each', async () => {
  const attempt = lab.mongo.read(indexes, 'shop', { collection: 'report.loop' });
  await expect(attempt).rejects.toMatchObject({ code: 'query_failed' });
  expect(leftOf(lab)).toEqual(['listCollections', 'listCollections']);
});

test('a chain of views longer than a server allows is not followed without end', async () => {
  for (let at = 0; at < 40; at += 1)
    lab.twin.state.create('shop', `report.chain${at}`, { viewOn: `report.chain${at + 1}`, pipeline: [] });
  const attempt = lab.mongo.read(find, 'shop', { collection: 'report.chain0' });
  await expect(attempt).rejects.toMatchObject({ code: 'query_refused' });
  expect(leftOf(lab)).not.toContain('find');
});
