import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { notS3 } from './failure.ts';
import type { ObjectFacts } from './model.ts';

/** What an answer to HEAD or GET tells. Throws ToolError where it lacks what every object has. */
export function factsOf(answer: HeadObjectCommandOutput | GetObjectCommandOutput, size: number): ObjectFacts {
  if (answer.ETag === undefined || !Number.isSafeInteger(size)) throw notS3();
  return {
    etag: answer.ETag,
    size,
    last_modified: timeOf(answer.LastModified),
    version_id: answer.VersionId,
    storage_class: answer.StorageClass,
    encryption: answer.ServerSideEncryption,
    website_redirect: answer.WebsiteRedirectLocation,
    lock_mode: answer.ObjectLockMode,
    locked_until: timeOf(answer.ObjectLockRetainUntilDate),
    legal_hold: answer.ObjectLockLegalHoldStatus,
    content_type: answer.ContentType,
    content_encoding: answer.ContentEncoding,
    content_disposition: answer.ContentDisposition,
    content_language: answer.ContentLanguage,
    cache_control: answer.CacheControl,
    expires: answer.ExpiresString,
    metadata: answer.Metadata ?? {},
  };
}

/** A time as results show it; undefined where the server gave none or one that is no time. */
export const timeOf = (date: Date | undefined): string | undefined =>
  date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
