import { afterAll, beforeAll, expect, test } from 'vitest';
import { update } from '../../src/services/mongodb/tools/update.ts';
import { type Lab, openLab } from '../services/mongodb/lab.ts';
import { leftOf } from '../services/mongodb/questions.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

test('an update that makes many small documents large is refused before it is recorded or sent', async () => {
  const ids = Array.from({ length: 50 }, (_, at) => at);
  for (const _id of ids) lab.twin.state.put('shop', 'report.daily2', { _id, kind: 'x' });
  const blob = 'x'.repeat(100_000);
  const args = {
    collection: 'report.daily2',
    filter: { kind: 'x' },
    update: { $set: { blob } },
    max_documents: 100,
  };
  await expect(lab.mongo.write(update, 'shop', args)).rejects.toMatchObject({ code: 'result_too_large' });
  expect(leftOf(lab)).not.toContain('update');
});
