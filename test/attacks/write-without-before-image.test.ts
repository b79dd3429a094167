import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { A, attackLab } from './fixtures/lab.ts';

/** The flaw: the store of before-images is full or gone, and the write runs without a way back. */
test('a before-image that cannot be stored leaves the write unrun', async () => {
  const { call, dir, reached } = await attackLab();
  rmSync(join(dir, 'versions'), { recursive: true });
  writeFileSync(join(dir, 'versions'), 'no folder');
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'error' });
  expect(reached()).toEqual(['writer opens', 'capture runs']);
});

test('a before-image that cannot be read leaves the write unrun', async () => {
  const { call, probe, reached } = await attackLab();
  probe.does.capture = () => Promise.reject(new Error('connection reset'));
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'error' });
  expect(reached()).not.toContain('write runs');
});
