import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { BucketEntry } from './connection.ts';
import { bucketOf } from './scope.ts';

const OF_BUCKET = [
  's3:GetBucketVersioning',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketPolicy',
  's3:GetLifecycleConfiguration',
];
const LISTS = ['s3:ListBucket', 's3:ListBucketVersions'];
const READS = ['s3:GetObject', 's3:GetObjectVersion'];
const WRITES = ['s3:GetObjectTagging', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'];

/**
 * The policy that gives a component's account no more than the tools need.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function advise(component: Component, access: Access): readonly string[] {
  const statements = [...component.subs].flatMap(([name, entry]) => {
    const own = BucketEntry.parse(entry);
    const arn = `arn:aws:s3:::${bucketOf(name, own)}`;
    const starts = own.prefixes?.map((prefix) => `${literal(prefix)}*`);
    return [
      allow(OF_BUCKET, [arn]),
      allow(LISTS, [arn], starts),
      allow(
        access === 'write' ? [...READS, ...WRITES] : READS,
        (starts ?? ['*']).map((one) => `${arn}/${one}`),
      ),
    ];
  });
  return [
    JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    'In the partitions of China and GovCloud an ARN begins with arn:aws-cn and arn:aws-us-gov.',
  ];
}

const allow = (actions: readonly string[], resources: readonly string[], starts?: readonly string[]) => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  ...(starts === undefined ? {} : { Condition: { StringLike: { 's3:prefix': starts } } }),
});

/** Takes the meaning from what a policy reads as a wildcard or a variable. */
const literal = (text: string): string => text.replace(/[*?$]/g, '$${$&}');
