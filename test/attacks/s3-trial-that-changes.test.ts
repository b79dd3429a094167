import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Opened, openS3 } from '../versions/precheck-twins.ts';

/** A way back that is tried runs its own code, which ends in a PUT or a DELETE. */
describe('trying a way back on S3', () => {
  let opened: Opened<typeof openS3>;
  let twin: typeof opened.twin;
  let lab: typeof opened.lab;
  beforeEach(async () => {
    opened = await openS3();
    ({ twin, lab } = opened);
  });
  afterEach(() => opened.close());

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
