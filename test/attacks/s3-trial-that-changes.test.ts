import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type S3Twin, startS3Twin } from '../twins/s3.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

/** A way back that is tried runs its own code, which ends in a PUT or a DELETE. */
describe('trying a way back on S3', () => {
  let twin: S3Twin;
  let lab: PrecheckLab;
  beforeEach(async () => {
    twin = await startS3Twin();
    for (const bucket of ['plain-bucket', 'kept-bucket']) {
      if (bucket === 'kept-bucket') twin.bucket(bucket).versioning = 'Enabled';
      twin.bucket(bucket).put('report', 'old', { 'content-type': 'text/plain' });
    }
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

  test.each([
    ['s3_put', { target: 'it/plain', key: 'report', text: 'new' }],
    ['s3_put', { target: 'it/plain', key: 'fresh', text: 'new' }],
    ['s3_put', { target: 'it/kept', key: 'report', text: 'new' }],
    ['s3_delete', { target: 'it/plain', key: 'report' }],
    ['s3_delete', { target: 'it/kept', key: 'report' }],
  ])('of %s %j only looks, and so does trying to make it again', async (tool, args) => {
    const start = await lab.written(tool, args);
    await leavesAlone(start);
    await leavesAlone(await lab.back(start));
  });

  async function leavesAlone(to: number): Promise<void> {
    const state = () => ['plain-bucket', 'kept-bucket'].map((bucket) => twin.bucket(bucket).snapshot);
    const left = structuredClone(state());
    twin.forget();
    const { obstacles, steps } = await lab.plan(to);
    expect({ obstacles, steps: steps.length }).toEqual({ obstacles: [], steps: 1 });
    expect(twin.requests.length).toBeGreaterThan(0);
    for (const { method } of twin.requests) expect(method).toMatch(/^(GET|HEAD)$/);
    expect(state()).toEqual(left);
  }
});
