import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openFixtureStack } from '../server/stackward.ts';

const WHO = { by: 'ann', reason: 'an incident' };
const PUT = { target: 'store/a', key: 'k', value: 'v' };

async function opened() {
  const stack = await openFixtureStack();
  onTestFinished(() => stack.close());
  return stack;
}

/** The flaw: a write gets past a switch that is thrown, by whoever makes it and by whatever was granted before. */
test('a thrown switch holds against every principal and every road', async () => {
  const stack = await opened();
  await stack.stackward.killSwitch.set(true, WHO);
  for (const as of [undefined, 'helper', 'other']) {
    const answer = await stack.call('box_put', PUT, as === undefined ? {} : { as });
    expect(answer.isError).toBe(true);
  }
  const { content } = await stack.call('box_put', PUT);
  expect(JSON.stringify(content)).toContain('ann stopped all writes: an incident');
  expect(stack.box.rows.size).toBe(0);
  expect((await stack.call('box_get', { target: 'store/a', key: 'k' })).isError).not.toBe(true);
});

test('an approval that a human gave before does not outlive the switch', async () => {
  const stack = await opened();
  const shred = () => stack.call('box_shred', { target: 'store/a', key: 'k' });
  await shred();
  const { approvals, killSwitch } = stack.stackward;
  await approvals.decide((await approvals.list())[0]?.id ?? '', {
    decision: 'approved',
    by: 'ann',
    reason: '',
  });
  await killSwitch.set(true, WHO);
  await shred();
  expect(stack.box.ran.get('box_shred')).toBeUndefined();
  await killSwitch.set(false, WHO);
  await shred();
  expect(stack.box.ran.get('box_shred')).toBe(1);
});

test('a file that was spoilt stops writes instead of opening them', async () => {
  const stack = await opened();
  for (const text of ['', '{"on":false}', 'on: false', '{"on":true']) {
    writeFileSync(join(stack.dataDir, 'kill-switch.json'), text);
    expect((await stack.call('box_put', PUT)).isError).toBe(true);
  }
  expect(stack.box.rows.size).toBe(0);
});

test('a write that was granted and then had to wait does not begin', async () => {
  const stack = await opened();
  // Sixteen reads take every place; the write is granted, and waits for one of them.
  const readers = Array.from({ length: 16 }, () => stack.call('box_wait', { target: 'store/a', ms: 1_500 }));
  await expect.poll(() => stack.box.running).toBe(16);
  const asked = vi.spyOn(stack.stackward.killSwitch, 'read');
  const write = stack.call('box_put', PUT);
  await expect
    .poll(() => asked.mock.settledResults)
    .toMatchObject([{ type: 'fulfilled', value: { on: false } }]);
  await stack.stackward.killSwitch.set(true, WHO);
  expect((await write).isError).toBe(true);
  await Promise.all(readers);
  expect(stack.box.rows.size).toBe(0);
});
