import { expect, test } from 'vitest';
import { auditRecords } from '../server/stackward.ts';
import { openVersionLab } from '../versions/lab.ts';

const captures = async (lab: Awaited<ReturnType<typeof openVersionLab>>) =>
  (await auditRecords(lab.stack)).filter(
    (record) =>
      record.kind === 'request' && JSON.stringify(record.message).includes('"stackward.dev/via":"capture"'),
  ).length;

test('one principal has every backend read a few times a minute, and no more often', async () => {
  const lab = await openVersionLab();
  const asked = await Promise.all(Array.from({ length: 60 }, () => lab.stack.call('stack_snapshot', {})));
  const refused = asked.filter(({ isError }) => isError);
  expect(refused).toHaveLength(40);
  expect(JSON.stringify(refused[0])).toContain('rate_limited');
  for (const tool of ['stack_diff', 'stack_plan_rollback'] as const) {
    const args = tool === 'stack_diff' ? { from: 1 } : { to: 1 };
    expect(JSON.stringify(await lab.stack.call(tool, args))).toContain('rate_limited');
  }
  // Sixty at once cost the three ledgers two captures each, and not sixty.
  expect(await captures(lab)).toBeLessThanOrEqual(2 * 3);
  expect((await lab.stack.call('stack_snapshot', {}, { as: 'clerk' })).isError).toBe(false);
  expect((await lab.stack.call('stack_diff', { from: 1, to: 1 })).isError).toBe(false);
});
