import { expect, test } from 'vitest';
import { get } from '../../src/services/s3/tools/get.ts';
import { list } from '../../src/services/s3/tools/list.ts';
import { purge } from '../../src/services/s3/tools/purge.ts';
import { putIrreversible } from '../../src/services/s3/tools/put-irreversible.ts';
import { versions } from '../../src/services/s3/tools/versions.ts';
import { refusalOf } from '../services/s3/attack.ts';
import { labForTests } from '../services/s3/fixture.ts';

const lab = labForTests();
const KEY = { key: 'a' };

test.for([
  'text/plain\r\nx-amz-acl: public-read',
  'a\nb',
  'a\u0000',
  '\u00fc',
  '',
  ' text/plain',
  '"e"\r\nx: y',
])('a header with %j is not sent', async (text) => {
  const attempts = [
    () => lab.s3.write(putIrreversible, 'plain', { ...KEY, text: '', content_type: text }),
    () => lab.s3.write(putIrreversible, 'plain', { ...KEY, text: '', if_etag: text }),
    () => lab.s3.write(putIrreversible, 'plain', { ...KEY, text: '', if_etag: `"${text}"` }),
    () => lab.s3.read(get, 'plain', { ...KEY, version_id: text }),
    () => lab.s3.write(purge, 'plain', { ...KEY, version_id: text }),
    () => lab.s3.read(versions, 'plain', { ...KEY, after: text }),
    () => lab.s3.read(list, 'plain', { from: text }),
  ];
  for (const attempt of attempts.filter((_, at) => at !== 2 || text !== '"e"'))
    expect(await refusalOf(attempt)).toMatch(/schema|invalid_arguments/);
  expect(lab.twin.requests).toEqual([]);
});

test.for(['*', 'e', '"*" , "e"', 'W/*'])('an ETag is one ETag and not %j', async (if_etag) => {
  const attempt = () => lab.s3.write(putIrreversible, 'plain', { ...KEY, text: '', if_etag });
  expect(await refusalOf(attempt)).toBe('schema');
  expect(lab.twin.requests).toEqual([]);
});

test.for(['x&acl', 'x?acl=', 'x#y', '../y', 'x=y;z', '%26acl', 'x+y'])(
  'what a parameter holds stays in it: %j',
  async (text) => {
    await refusalOf(() => lab.s3.read(get, 'plain', { ...KEY, version_id: text }));
    await refusalOf(() => lab.s3.read(versions, 'plain', { ...KEY, after: text }));
    await refusalOf(() => lab.s3.read(list, 'plain', { from: text }));
    const [one, two, three] = lab.twin.requests.map(({ query }) => Object.fromEntries(query));
    expect(one).toEqual({ 'x-id': 'GetObject', versionId: text });
    expect(two).toMatchObject({ versions: '', prefix: 'a', 'version-id-marker': text });
    expect(three).toMatchObject({ 'list-type': '2', 'continuation-token': text });
    for (const { target } of lab.twin.requests) expect(target.split('?')).toHaveLength(2);
  },
);
