import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule as Given,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ask } from './ask.ts';
import { timeOf } from './facts.ts';
import type { LifecycleRule, S3Reader } from './model.ts';

/** Codes by which a server says that a bucket has none of what was asked for. */
const NONE: ReadonlySet<string> = new Set([
  'NoSuchBucketPolicy',
  'NoSuchLifecycleConfiguration',
  'NoSuchPublicAccessBlockConfiguration',
]);

/** The part of a reader that is about the bucket and not its objects. */
export function bucketReader(
  client: S3Client,
  bucket: string,
): Pick<S3Reader, 'versioning' | 'publicAccessBlock' | 'policy' | 'lifecycle'> {
  const input = { Bucket: bucket };
  return {
    async versioning(signal) {
      const answer = await ask(signal, (options) =>
        client.send(new GetBucketVersioningCommand(input), options),
      );
      const state =
        answer.Status === 'Enabled' ? 'enabled' : answer.Status === 'Suspended' ? 'suspended' : 'off';
      return { state, mfaDelete: answer.MFADelete === 'Enabled' };
    },
    async publicAccessBlock(signal) {
      const answer = await ask(signal, (options) =>
        client.send(new GetPublicAccessBlockCommand(input), options).catch(none),
      );
      const block = answer?.PublicAccessBlockConfiguration;
      if (block === undefined) return null;
      return {
        block_public_acls: block.BlockPublicAcls ?? false,
        ignore_public_acls: block.IgnorePublicAcls ?? false,
        block_public_policy: block.BlockPublicPolicy ?? false,
        restrict_public_buckets: block.RestrictPublicBuckets ?? false,
      };
    },
    async policy(signal) {
      const answer = await ask(signal, (options) =>
        client.send(new GetBucketPolicyCommand(input), options).catch(none),
      );
      return answer?.Policy ?? null;
    },
    async lifecycle(signal) {
      const answer = await ask(signal, (options) =>
        client.send(new GetBucketLifecycleConfigurationCommand(input), options).catch(none),
      );
      return (answer?.Rules ?? []).map(ruleOf);
    },
  };
}

function none(error: unknown): undefined {
  if (error instanceof S3ServiceException && NONE.has(error.name)) return undefined;
  throw error;
}

function ruleOf(rule: Given): LifecycleRule {
  const { Filter: filter, Expiration: expiration } = rule;
  const conditions = [
    filter?.Tag,
    filter?.And?.Tags,
    filter?.ObjectSizeGreaterThan,
    filter?.ObjectSizeLessThan,
  ];
  const sizes = [filter?.And?.ObjectSizeGreaterThan, filter?.And?.ObjectSizeLessThan];
  const moves = [...(rule.Transitions ?? []), ...(rule.NoncurrentVersionTransitions ?? [])];
  return {
    id: rule.ID,
    enabled: rule.Status === 'Enabled',
    // A rule of the first form of the API has its prefix beside the filter.
    prefix: filter?.Prefix ?? filter?.And?.Prefix ?? rule.Prefix ?? '',
    expire_after_days: expiration?.Days,
    expire_on: timeOf(expiration?.Date),
    expire_noncurrent_after_days: rule.NoncurrentVersionExpiration?.NoncurrentDays,
    abort_uploads_after_days: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    moves_to: [...new Set(moves.flatMap(({ StorageClass }) => StorageClass ?? []))],
    has_more_conditions: [...conditions, ...sizes].some((one) => one !== undefined),
  };
}
