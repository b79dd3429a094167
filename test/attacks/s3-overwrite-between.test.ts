import { beforeEach, expect, test } from 'vitest';
import { remove } from '../../src/services/s3/tools/delete.ts';
import { put } from '../../src/services/s3/tools/put.ts';
import { emptied, labForTests } from '../services/s3/fixture.ts';

const lab = labForTests();
const bucket = () => lab.twin.bucket('shop-plain');
const KEY = { key: 'reports/a' };
beforeEach(() => {
  emptied(bucket());
});

test.for([true, false])('a put does not replace what was not kept (there before: %s)', async (wasThere) => {
  if (wasThere) bucket().put('reports/a', 'old');
  lab.twin.meanwhile('PUT', () => bucket().put('reports/a', 'theirs'));
  const attempt = lab.s3.write(put, 'narrow', { ...KEY, text: 'ours' });
  await expect(attempt).rejects.toMatchObject({ code: 'conflict' });
  expect(lab.twin.writes()).toHaveLength(1);
  expect(`${bucket().version('reports/a').body}`).toBe('theirs');
});

test('a delete does not remove what was not kept', async () => {
  bucket().put('reports/a', 'old');
  lab.twin.meanwhile('DELETE', () => bucket().put('reports/a', 'theirs'));
  await expect(lab.s3.write(remove, 'narrow', KEY)).rejects.toMatchObject({ code: 'conflict' });
  expect(`${bucket().version('reports/a').body}`).toBe('theirs');
});

test('what is kept is one object and not two halves', async () => {
  bucket().put('reports/a', 'old');
  lab.twin.meanwhile('GET', () => {});
  lab.twin.meanwhile('HEAD', () => bucket().put('reports/a', 'second'));
  const { before } = await lab.s3.write(put, 'narrow', { ...KEY, text: 'ours' });
  expect(before).toMatchObject({ object: { base64: Buffer.from('second').toString('base64') } });
});
