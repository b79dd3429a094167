import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { bucket } from '../../../src/services/s3/tools/bucket.ts';
import { get } from '../../../src/services/s3/tools/get.ts';
import { head } from '../../../src/services/s3/tools/head.ts';
import { list } from '../../../src/services/s3/tools/list.ts';
import { versions } from '../../../src/services/s3/tools/versions.ts';
import { BUCKETS, labForTests } from './fixture.ts';

const lab = labForTests();
const plain = () => lab.twin.bucket(BUCKETS.plain.bucket);
const kept = () => lab.twin.bucket(BUCKETS.kept.bucket);

const ODD = ['odd/a b+c', 'odd/&<>"\'', 'odd/100%25', 'odd/é日本😀', 'odd/!()*~;:@,$[]=?#'];

beforeAll(() => {
  for (const name of ['reports/a.txt', 'reports/b.txt', 'reports/2026/c.txt', 'tmp-1', 'other.txt'])
    plain().put(name, `content of ${name}`, { 'content-type': 'text/plain', 'x-amz-meta-owner': 'ann' });
  for (const name of ODD) plain().put(name, name);
  plain().put('bytes', Buffer.from([0, 159, 146, 150]));
  plain().put('empty', '');
  plain().put('text', 'grüße €10 😀'.repeat(20));
  plain().put('packed', gzipSync('hello'), { 'content-encoding': 'gzip' });
});

describe('s3_list', () => {
  const keys = (page: { objects: { key: string }[] }) => page.objects.map(({ key }) => key);

  test('shows objects and folders of the whole bucket', async () => {
    const page = await lab.s3.read(list, 'plain', {});
    expect(page.folders).toEqual(['odd/', 'reports/']);
    expect(keys(page)).toEqual(['bytes', 'empty', 'other.txt', 'packed', 'text', 'tmp-1']);
    expect(page).toMatchObject({ next: null, truncated: false });
  });

  test('shows every key as it is, whatever characters it has', async () => {
    const page = await lab.s3.read(list, 'plain', { prefix: 'odd/' });
    expect(keys(page).sort()).toEqual([...ODD].sort());
    for (const key of ODD) expect(await lab.s3.read(get, 'plain', { key })).toMatchObject({ text: key });
  });

  test('goes on where a page ended, and gives each key once', async () => {
    const seen: string[] = [];
    let from: string | undefined;
    do {
      const page = await lab.s3.read(list, 'plain', { delimiter: '', count: 3, ...(from ? { from } : {}) });
      expect(page.objects.length).toBeLessThanOrEqual(3);
      expect(page.truncated).toBe(page.next !== null);
      seen.push(...keys(page));
      from = page.next ?? undefined;
    } while (from);
    expect(seen).toEqual(plain().keys.map(([key]) => key));
  });

  test('asks for a smaller page where keys are long, so that none is left out', async () => {
    const long = Array.from({ length: 40 }, (_, i) => `long/${String(i).padStart(3, '0')}${'x'.repeat(900)}`);
    for (const key of long) kept().put(key, '');
    const seen: string[] = [];
    let from: string | undefined;
    do {
      const limits = { bytes: 10_000 };
      const page = await lab.s3.read(
        list,
        'kept',
        { prefix: 'long/', ...(from ? { from } : {}) },
        { limits },
      );
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(limits.bytes);
      seen.push(...keys(page));
      from = page.next ?? undefined;
    } while (from);
    expect(seen).toEqual(long);
    for (const key of long) kept().remove(key);
  });

  test('takes the row limit', async () => {
    const page = await lab.s3.read(list, 'plain', { delimiter: '' }, { limits: { rows: 2 } });
    expect(page.objects).toHaveLength(2);
    expect(page).toMatchObject({ truncated: true, hint: expect.stringContaining('from') });
  });

  test('asks for one of several prefixes', async () => {
    await expect(lab.s3.read(list, 'narrow', {})).rejects.toMatchObject({ code: 'invalid_arguments' });
    expect(keys(await lab.s3.read(list, 'narrow', { prefix: 'reports/2026/' }))).toEqual([
      'reports/2026/c.txt',
    ]);
    expect(keys(await lab.s3.read(list, 'narrow', { prefix: 'tmp-' }))).toEqual(['tmp-1']);
  });
});

describe('s3_get', () => {
  test('shows text as text and other bytes as base64', async () => {
    expect(await lab.s3.read(get, 'plain', { key: 'reports/a.txt' })).toMatchObject({
      text: 'content of reports/a.txt',
      content_type: 'text/plain',
      truncated: false,
    });
    const bytes = await lab.s3.read(get, 'plain', { key: 'bytes' });
    expect(bytes).toMatchObject({ base64: 'AJ+Slg==', size: 4 });
    expect(bytes.text).toBeUndefined();
  });

  test('reads on by offset without breaking a character', async () => {
    let text = '';
    let offset: number | undefined = 0;
    while (offset !== undefined) {
      const part: Awaited<ReturnType<typeof lab.s3.read<typeof get.params, typeof get.output>>> =
        await lab.s3.read(get, 'plain', { key: 'text', offset, length: 7 });
      expect(part.text).toBeDefined();
      text += part.text;
      offset = part.next_offset;
    }
    expect(text).toBe('grüße €10 😀'.repeat(20));
  });

  test('asks for no more bytes than it shows', async () => {
    const part = await lab.s3.read(get, 'plain', { key: 'text' }, { limits: { bytes: 50 } });
    expect(lab.twin.requests.map(({ headers }) => headers.range)).toEqual(['bytes=0-49']);
    expect(part).toMatchObject({ truncated: true, hint: expect.stringContaining(`${part.next_offset}`) });
    expect(Buffer.byteLength(part.text ?? '')).toBeLessThanOrEqual(40);
  });

  test('has nothing of an empty object, nor behind the end of one', async () => {
    expect(await lab.s3.read(get, 'plain', { key: 'empty' })).toMatchObject({
      text: '',
      size: 0,
      truncated: false,
    });
    const behind = await lab.s3.read(get, 'plain', { key: 'reports/a.txt', offset: 1000 });
    expect(behind).toMatchObject({ text: '', size: 24, truncated: false });
  });

  test('shows what is packed as it is stored', async () => {
    const packed = await lab.s3.read(get, 'plain', { key: 'packed' });
    expect(packed).toMatchObject({ base64: gzipSync('hello').toString('base64'), content_encoding: 'gzip' });
  });

  test('reads one version', async () => {
    const first = kept().put('note', 'first');
    kept().put('note', 'second');
    expect(await lab.s3.read(get, 'kept', { key: 'note', version_id: first.id })).toMatchObject({
      text: 'first',
    });
    const { id } = kept().remove('note') ?? { id: '' };
    await expect(lab.s3.read(get, 'kept', { key: 'note' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(lab.s3.read(get, 'kept', { key: 'note', version_id: id })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('s3_head', () => {
  test('tells of an object without its bytes', async () => {
    expect(await lab.s3.read(head, 'plain', { key: 'reports/a.txt' })).toMatchObject({
      size: 24,
      content_type: 'text/plain',
      metadata: { owner: 'ann' },
    });
    expect(lab.twin.requests.map(({ method }) => method)).toEqual(['HEAD']);
    await expect(lab.s3.read(head, 'plain', { key: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('s3_versions', () => {
  test('lists versions and markers of just one key, newest first', async () => {
    const ids = [kept().put('key', '1'), kept().put('key', '2'), kept().put('key2', 'another')].map(
      ({ id }) => id,
    );
    const marker = kept().remove('key');
    const { versions: found, truncated } = await lab.s3.read(versions, 'kept', { key: 'key' });
    expect(found.map(({ version_id }) => version_id).sort()).toEqual([ids[0], ids[1], marker?.id].sort());
    expect(found[0]).toMatchObject({ version_id: marker?.id, is_latest: true, is_delete_marker: true });
    expect(truncated).toBe(false);
  });

  test('goes on page by page and never to the next key', async () => {
    const ids = Array.from({ length: 5 }, (_, i) => kept().put('many', `${i}`).id);
    kept().put('many-more', '');
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await lab.s3.read(versions, 'kept', {
        key: 'many',
        count: 2,
        ...(after ? { after } : {}),
      });
      expect(page.truncated).toBe(page.next !== null);
      seen.push(...page.versions.map(({ version_id }) => version_id));
      after = page.next ?? undefined;
    } while (after);
    expect(seen.sort()).toEqual(ids.sort());
  });
});

describe('s3_bucket', () => {
  const RULES = `
    <Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix>reports/</Prefix></Filter><Expiration><Days>30</Days></Expiration></Rule>
    <Rule><ID>all</ID><Status>Disabled</Status><Filter/><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
    <Rule><ID>others</ID><Status>Enabled</Status><Filter><And><Prefix>ledger/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter><Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>`;

  test('has nothing to tell where nothing is set', async () => {
    expect(await lab.s3.read(bucket, 'plain', {})).toEqual({
      versioning: 'off',
      mfa_delete: false,
      public_access_block: null,
      policy: null,
      lifecycle: [],
      unknown: [],
      truncated: false,
    });
  });

  test('tells what is set, and of lifecycle rules those that touch the target', async () => {
    plain().lifecycle = RULES;
    plain().publicAccessBlock =
      '<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>';
    const whole = await lab.s3.read(bucket, 'plain', {});
    expect(whole.public_access_block).toEqual({
      block_public_acls: true,
      ignore_public_acls: true,
      block_public_policy: false,
      restrict_public_buckets: false,
    });
    expect(whole.lifecycle?.map(({ id }) => id)).toEqual(['old', 'all', 'others']);
    expect(whole.lifecycle?.[2]).toMatchObject({
      prefix: 'ledger/',
      moves_to: ['GLACIER'],
      has_more_conditions: true,
    });
    const narrow = await lab.s3.read(bucket, 'narrow', {});
    expect(narrow.lifecycle?.map(({ id }) => id)).toEqual(['old', 'all']);
  });

  const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop-plain/*' };
  test.for([
    [{ Statement: [{ ...allow, Principal: '*' }] }, 'yes'],
    [{ Statement: { ...allow, Principal: { AWS: ['arn:aws:iam::1:root', '*'] } } }, 'yes'],
    [{ Statement: [{ ...allow, NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }] }, 'yes'],
    [{ Statement: [{ ...allow, Principal: '*', Condition: { Bool: {} } }] }, 'on_condition'],
    [{ Statement: [{ ...allow, Principal: '*', Condition: {} }] }, 'yes'],
    [{ Statement: [{ ...allow, Principal: { AWS: 'arn:aws:iam::1:root' } }] }, 'no'],
    [{ Statement: [{ ...allow, Effect: 'Deny', Principal: '*' }] }, 'no'],
  ] as const)('says who a policy lets in: %j', async ([policy, allows_everyone]) => {
    plain().policy = JSON.stringify(policy);
    expect((await lab.s3.read(bucket, 'plain', {})).policy).toEqual({ statements: 1, allows_everyone });
  });

  test('says what a server does not have, and shows the rest', async () => {
    plain().policy = 'no JSON';
    lab.twin.lacks.add('publicAccessBlock').add('lifecycle');
    const found = await lab.s3.read(bucket, 'plain', {});
    expect(found).toMatchObject({
      versioning: 'off',
      lifecycle: null,
      policy: null,
      public_access_block: null,
    });
    expect(found.unknown.map(({ what }) => what)).toEqual(['lifecycle', 'policy', 'public_access_block']);
  });
});
