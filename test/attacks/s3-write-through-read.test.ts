import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { createClient } from '../../src/services/s3/client.ts';
import { placeOf } from '../../src/services/s3/lock.ts';
import { linesIn } from '../services/s3/attack.ts';
import { connectionOf, labForTests, tapForTests } from '../services/s3/fixture.ts';

const lab = labForTests();
const tap = tapForTests(lab);

type Send = (client: S3Client) => Promise<unknown>;
const B = { Bucket: 'shop-plain' };
const OURS = { ...B, Key: 'reports/a' };
/** Ends with a line break, so that a request line after it is at the start of one. */
const BODY = 'x\r\n';
const MD5 = createHash('md5').update(BODY).digest('base64');
const OTHERS = { ...B, Key: 'ledger/a' };

/** The client below every tool, as a faulty tool could use it: confined to `reports/` of one bucket. */
function clientFor(access: 'read' | 'write'): S3Client {
  const { region, credentials } = connectionOf(lab.twin);
  const url = tap.url;
  const place = { ...placeOf(url, B.Bucket, true), prefixes: ['reports/'], access };
  return createClient({ url, region, isPathStyle: true, credentials, place });
}

async function sendsNothing(access: 'read' | 'write', send: Send): Promise<void> {
  const client = clientFor(access);
  await expect(send(client)).rejects.toThrow(TypeError);
  client.destroy();
  expect(tap.sent()).toHaveLength(0);
}

const WRITES: Readonly<Record<string, Send>> = {
  put: (client) => client.send(new PutObjectCommand({ ...OURS, Body: BODY, ContentMD5: MD5 })),
  delete: (client) => client.send(new DeleteObjectCommand(OURS)),
};

/** What the writing client looks at before it writes. */
const LOOKS: Readonly<Record<string, Send>> = {
  tags: (client) => client.send(new GetObjectTaggingCommand(OURS)),
};

/** What neither client may ask for, whatever a tool wants. */
const NEVER: Readonly<Record<string, Send>> = {
  'a key outside': (client) => client.send(new GetObjectCommand(OTHERS)),
  'a look outside': (client) => client.send(new HeadObjectCommand(OTHERS)),
  'a write outside': (client) => client.send(new PutObjectCommand({ ...OTHERS, Body: 'x' })),
  'a delete outside': (client) => client.send(new DeleteObjectCommand(OTHERS)),
  'a key that climbs': (client) => client.send(new GetObjectCommand({ ...B, Key: 'reports/../ledger/a' })),
  'a key with an empty segment': (client) => client.send(new GetObjectCommand({ ...B, Key: 'reports//a' })),
  'another bucket': (client) => client.send(new GetObjectCommand({ ...OURS, Bucket: 'shop-kept' })),
  'a longer bucket': (client) => client.send(new GetObjectCommand({ ...OURS, Bucket: 'shop-plain2' })),
  'an access point': (client) =>
    client.send(new GetObjectCommand({ ...OURS, Bucket: 'other--use1-az4--x-s3' })),
  'a list of everything': (client) => client.send(new ListObjectsV2Command(B)),
  'a list of others': (client) => client.send(new ListObjectsV2Command({ ...B, Prefix: 'ledger/' })),
  'a list that is wider': (client) => client.send(new ListObjectsV2Command({ ...B, Prefix: 'report' })),
  'versions of everything': (client) => client.send(new ListObjectVersionsCommand(B)),
  'the first version of the list': (client) =>
    client.send(new ListObjectsCommand({ ...B, Prefix: 'reports/' })),
  'a list of buckets': (client) => client.send(new ListBucketsCommand({})),
  'a bucket as such': (client) => client.send(new HeadBucketCommand(B)),
  'an ACL': (client) => client.send(new GetObjectAclCommand(OURS)),
  'tags outside': (client) => client.send(new GetObjectTaggingCommand(OTHERS)),
  'tags of a version': (client) => client.send(new GetObjectTaggingCommand({ ...OURS, VersionId: 'v' })),
  'the ACL of the bucket': (client) => client.send(new GetBucketAclCommand(B)),
  'the CORS of the bucket': (client) => client.send(new GetBucketCorsCommand(B)),
  'uploads in parts': (client) => client.send(new ListMultipartUploadsCommand(B)),
  'a copy': (client) => client.send(new CopyObjectCommand({ ...OURS, CopySource: '/shop-kept/secret' })),
  'an upload in parts': (client) => client.send(new CreateMultipartUploadCommand(OURS)),
  'a public object': (client) =>
    client.send(new PutObjectCommand({ ...OURS, Body: 'x', ACL: 'public-read' })),
  'an object with a lock': (client) =>
    client.send(new PutObjectCommand({ ...OURS, Body: 'x', ObjectLockLegalHoldStatus: 'ON' })),
  'an object with a key of ours': (client) =>
    client.send(
      new PutObjectCommand({
        ...OURS,
        Body: 'x',
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKey: 'k'.repeat(32),
      }),
    ),
  'a redirect of a website': (client) =>
    client.send(
      new PutObjectCommand({ ...OURS, Body: 'x', WebsiteRedirectLocation: 'https://elsewhere.example' }),
    ),
  'a response with other headers': (client) =>
    client.send(new GetObjectCommand({ ...OURS, ResponseContentType: 'text/html' })),
  'a part': (client) => client.send(new GetObjectCommand({ ...OURS, PartNumber: 1 })),
  'a delete around a retention': (client) =>
    client.send(new DeleteObjectCommand({ ...OURS, BypassGovernanceRetention: true })),
  'a delete of many': (client) =>
    client.send(new DeleteObjectsCommand({ ...B, Delete: { Objects: [{ Key: 'reports/a' }] } })),
  'the bucket’s end': (client) => client.send(new DeleteBucketCommand(B)),
  'a policy': (client) => client.send(new PutBucketPolicyCommand({ ...B, Policy: '{}' })),
  versioning: (client) =>
    client.send(new PutBucketVersioningCommand({ ...B, VersioningConfiguration: { Status: 'Suspended' } })),
  'other rights': (client) => client.send(new PutObjectAclCommand({ ...OURS, ACL: 'public-read' })),
  'other tags': (client) => client.send(new PutObjectTaggingCommand({ ...OURS, Tagging: { TagSet: [] } })),
  'a restore': (client) => client.send(new RestoreObjectCommand({ ...OURS, RestoreRequest: { Days: 1 } })),
};

describe('the client of the reading tools', () => {
  test.for(Object.keys(WRITES))('sends no %s', (name) => sendsNothing('read', WRITES[name] ?? never));
  test.for(Object.keys(LOOKS))('does not ask for %s', (name) => sendsNothing('read', LOOKS[name] ?? never));
  test.for(Object.keys(NEVER))('does not ask for %s', (name) => sendsNothing('read', NEVER[name] ?? never));
});

describe('the client of the writing tools', () => {
  test.for(Object.keys(NEVER))('does not ask for %s', (name) => sendsNothing('write', NEVER[name] ?? never));

  test('sends what is left', async () => {
    const client = clientFor('write');
    lab.twin.bucket(B.Bucket).put(OURS.Key, 'there');
    for (const send of [...Object.values(LOOKS), ...Object.values(WRITES)]) await send(client);
    client.destroy();
    expect(linesIn(tap.sent())).toEqual([
      'GET /shop-plain/reports/a?tagging=',
      'PUT /shop-plain/reports/a?x-id=PutObject',
      'DELETE /shop-plain/reports/a?x-id=DeleteObject',
    ]);
    expect(lab.twin.bucket(B.Bucket).keys).toEqual([]);
  });
});

const never: Send = async () => {};
