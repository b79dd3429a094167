import { beforeEach, describe, expect, test } from 'vitest';
import { remove } from '../../../src/services/s3/tools/delete.ts';
import { purge } from '../../../src/services/s3/tools/purge.ts';
import { put } from '../../../src/services/s3/tools/put.ts';
import { putIrreversible } from '../../../src/services/s3/tools/put-irreversible.ts';
import { BUCKETS, emptied, labForTests } from './fixture.ts';

const lab = labForTests();
const plain = () => lab.twin.bucket(BUCKETS.plain.bucket);
const kept = () => lab.twin.bucket(BUCKETS.kept.bucket);
const OLD = { key: 'old' };

beforeEach(() => {
  emptied(plain()).put('old', 'old', { 'content-type': 'text/plain' });
  emptied(kept()).put('old', 'old', { 'content-type': 'text/plain' });
});

describe('s3_put', () => {
  test.for(['plain', 'kept'])('writes text and bytes, with their type, to %s', async (sub) => {
    const bucket = sub === 'plain' ? plain() : kept();
    const { output } = await lab.s3.write(put, sub, {
      key: 'new',
      text: 'grüße',
      content_type: 'text/plain',
    });
    expect(output).toMatchObject({ key: 'new', bytes: 7, etag: bucket.version('new').etag });
    expect(bucket.version('new')).toMatchObject({ headers: { 'content-type': 'text/plain' } });
    await lab.s3.write(put, sub, { key: 'new', base64: 'AP8=' });
    expect(bucket.version('new').body).toEqual(Buffer.from([0, 255]));
    await lab.s3.write(put, sub, { key: 'new', text: '' });
    expect(bucket.version('new').body).toHaveLength(0);
  });

  test.for(['plain', 'kept'])('heeds the ETag that the caller expects in %s', async (sub) => {
    const bucket = sub === 'plain' ? plain() : kept();
    const write = (if_etag: string, key = 'old') => lab.s3.write(put, sub, { key, text: 'new', if_etag });
    for (const wrong of ['absent', '"0123"'])
      await expect(write(wrong)).rejects.toMatchObject({ code: 'conflict' });
    await expect(write(bucket.version('old').etag, 'nothing')).rejects.toMatchObject({ code: 'conflict' });
    expect(lab.twin.writes()).toEqual([]);
    await write(bucket.version('old').etag);
    await write('absent', 'another');
    expect([bucket.version('old'), bucket.version('another')].map(({ body }) => `${body}`)).toEqual([
      'new',
      'new',
    ]);
  });

  test('refuses what could not be put back, naming the tool that does it for good', async () => {
    const headers = { 'content-type': 'text/plain' };
    plain().put('large', Buffer.alloc(256 * 1024 + 1));
    plain().put('tagged', 'x', headers, 2);
    plain().put('tagged-and-empty', '', headers, 1);
    plain().put('cold', 'x', { ...headers, 'x-amz-storage-class': 'GLACIER_IR' });
    plain().put('sealed', 'x', { ...headers, 'x-amz-server-side-encryption': 'aws:kms' });
    plain().put('locked', 'x', { ...headers, 'x-amz-object-lock-legal-hold': 'ON' });
    plain().put('moved', 'x', { ...headers, 'x-amz-website-redirect-location': '/elsewhere' });
    plain().put('ends', 'x', { ...headers, expires: 'Thu, 01 Jan 2099 00:00:00 GMT' });
    plain().put('odd', 'x', { ...headers, 'x-amz-meta-who': 'J\u00f6rg' });
    for (const [key] of plain().keys.filter(([name]) => name !== 'old')) {
      const refusal = { code: 'conflict', detail: expect.stringContaining('s3_put_irreversible') };
      await expect(lab.s3.write(put, 'plain', { key, text: 'x' }), key).rejects.toMatchObject(refusal);
      await expect(lab.s3.write(remove, 'plain', { key }), key).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(lab.twin.writes()).toEqual([]);
  });

  test('refuses where it is not told whether there are tags, and not where a server has none', async () => {
    plain().put('some', 'x');
    lab.twin.lacks.add('permission for tags');
    const write = () => lab.s3.write(put, 'plain', { key: 'some', text: 'y' });
    await expect(write()).rejects.toMatchObject({ code: 'permission_denied' });
    expect(lab.twin.writes()).toEqual([]);
    lab.twin.lacks.clear();
    lab.twin.lacks.add('tagging');
    await write();
    expect(`${plain().version('some').body}`).toBe('y');
  });

  test('refuses a bucket whose versioning is suspended', async () => {
    kept().versioning = 'Suspended';
    await expect(lab.s3.write(put, 'kept', { ...OLD, text: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(lab.s3.write(remove, 'kept', OLD)).rejects.toMatchObject({ code: 'conflict' });
    expect(lab.twin.writes()).toEqual([]);
    kept().versioning = 'Enabled';
  });

  test.for([{}, { text: 'a', base64: 'YQ==' }, { text: '\ud800' }, { text: 'é'.repeat(600_000) }])(
    'refuses content that is none, twice, broken or too large',
    async (content) => {
      await expect(lab.s3.write(put, 'plain', { key: 'new', ...content })).rejects.toMatchObject({
        code: 'invalid_arguments',
      });
      expect(lab.twin.writes()).toEqual([]);
    },
  );
});

describe('s3_put_irreversible', () => {
  test('writes where s3_put refuses, on the condition that the caller gives', async () => {
    plain().put('large', Buffer.alloc(300_000));
    const write = (if_etag?: string) =>
      lab.s3.write(putIrreversible, 'plain', { key: 'large', text: 'new', ...(if_etag ? { if_etag } : {}) });
    await expect(write('absent')).rejects.toMatchObject({ code: 'conflict' });
    await expect(write('"0123"')).rejects.toMatchObject({ code: 'conflict' });
    await write(plain().version('large').etag);
    await write();
    expect(`${plain().version('large').body}`).toBe('new');
  });
});

describe('s3_delete', () => {
  test('lays a marker where versions are kept', async () => {
    const { output } = await lab.s3.write(remove, 'kept', OLD);
    expect(output.delete_marker).toBe(kept().keys[0]?.[1][0]?.id);
    expect(kept().keys[0]?.[1].map(({ isMarker }) => isMarker)).toEqual([true, false]);
  });

  test('removes an object that it kept', async () => {
    expect((await lab.s3.write(remove, 'plain', OLD)).output).toEqual(OLD);
    expect(plain().keys).toEqual([]);
  });

  test.for(['plain', 'kept'])('says that nothing is there in %s', async (sub) => {
    await lab.s3.write(remove, sub, OLD);
    lab.twin.forget();
    for (const key of ['old', 'never'])
      await expect(lab.s3.write(remove, sub, { key })).rejects.toMatchObject({ code: 'not_found' });
    expect(lab.twin.writes()).toEqual([]);
  });
});

describe('s3_purge', () => {
  test('ends one version, or one marker', async () => {
    const second = kept().put('old', 'second');
    const marker = kept().remove('old');
    await lab.s3.write(purge, 'kept', { ...OLD, version_id: marker?.id });
    await lab.s3.write(purge, 'kept', { ...OLD, version_id: second.id });
    expect(kept().keys[0]?.[1].map(({ body }) => `${body}`)).toEqual(['old']);
  });

  test('asks for the version where versions are kept', async () => {
    await expect(lab.s3.write(purge, 'kept', OLD)).rejects.toMatchObject({ code: 'conflict' });
    await expect(lab.s3.write(purge, 'kept', { ...OLD, version_id: 'never' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(lab.twin.writes()).toEqual([]);
  });

  test('ends an object where no versions are kept', async () => {
    await lab.s3.write(purge, 'plain', OLD);
    expect(plain().keys).toEqual([]);
    await expect(lab.s3.write(purge, 'plain', OLD)).rejects.toMatchObject({ code: 'not_found' });
  });
});
