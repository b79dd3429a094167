import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type S3Twin, startS3Twin } from '../twins/s3.ts';
import { openPrecheckLab, type PrecheckLab } from './precheck-lab.ts';

describe('a rollback on S3', () => {
  let twin: S3Twin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startS3Twin();
    twin.bucket('plain-bucket').put('report', 'old', { 'content-type': 'text/plain' });
    const kept = twin.bucket('kept-bucket');
    kept.versioning = 'Enabled';
    kept.put('report', 'old');
    kept.put('hidden', 'old');
    kept.remove('hidden');
    const { region, accessKeyId, secretAccessKey } = twin.account;
    lab = await openPrecheckLab(
      `type: s3, url: ${twin.url}, region: ${region}, credentials: {access_key_id: {env: S3_ID}, secret_access_key: {env: S3_SECRET}}, buckets: {plain: {bucket: plain-bucket}, kept: {bucket: kept-bucket}}`,
      'operates',
      { S3_ID: accessKeyId, S3_SECRET: secretAccessKey },
    );
  });
  afterEach(async () => {
    await lab.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

  const put = (bucket: 'plain' | 'kept', key = 'report') =>
    lab.written('s3_put', { target: `it/${bucket}`, key, text: 'new' });

  test.each(['plain', 'kept'] as const)('in a %s bucket says that rights are not told', async (bucket) => {
    const start = await put(bucket);
    const said = [`it: whether the account may write to it/${bucket}: S3 says so only when it does`];
    expect(await lab.plan(start)).toMatchObject({ obstacles: [], untried: said });
    expect(await lab.plan(await lab.back(start))).toMatchObject({ obstacles: [], untried: said });
  });

  test('finds that the version that was there before is gone', async () => {
    const old = twin.bucket('kept-bucket').version('report').id;
    const start = await put('kept');
    twin.bucket('kept-bucket').remove('report', old);
    expect(await lab.found(start)).toEqual([
      expect.stringContaining('report: the version that was there before is gone'),
    ]);
  });

  test('finds that the delete marker that was there before is gone', async () => {
    const marker = twin
      .bucket('kept-bucket')
      .keys.find(([key]) => key === 'hidden')?.[1]
      .find(({ isMarker }) => isMarker);
    const start = await put('kept', 'hidden');
    expect(await lab.found(start)).toEqual([]);
    twin.bucket('kept-bucket').remove('hidden', marker?.id);
    expect(await lab.found(start)).toEqual([expect.stringContaining('hidden: the version that was there')]);
  });

  test('finds a lock on the version that the write made', async () => {
    const until = '2030-01-02T00:00:00.000Z';
    twin.bucket('kept-bucket').retention = { mode: 'GOVERNANCE', until };
    const start = await put('kept');
    expect(await lab.found(start)).toEqual([
      expect.stringMatching(/a lock keeps the version .* until 2030-01/),
    ]);
  });

  test('finds that versions are deleted with MFA alone', async () => {
    const start = await put('kept');
    twin.bucket('kept-bucket').mfaDelete = true;
    expect(await lab.found(start)).toEqual([expect.stringContaining('with MFA alone')]);
  });

  test('finds that versioning was turned on, of every step', async () => {
    const start = await put('plain');
    await put('plain', 'another');
    twin.bucket('plain-bucket').versioning = 'Enabled';
    expect(await lab.found(start)).toEqual([
      expect.stringContaining('another: somebody turned on versioning'),
      expect.stringContaining('report: somebody turned on versioning'),
    ]);
  });

  test.each(['plain', 'kept'] as const)('finds what somebody wrote since to a %s bucket', async (bucket) => {
    const start = await put(bucket);
    twin.bucket(`${bucket}-bucket`).put('report', 'theirs');
    expect(await lab.found(start)).toEqual([expect.stringContaining('somebody changed it since the write')]);
  });
});
