import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { unknownOutcome } from '../../toolset/http/failure.ts';
import { endTrial } from '../../toolset/trial-end.ts';
import { ask } from './ask.ts';
import { notS3 } from './failure.ts';
import type { Condition, S3Writer, StoredHeaders } from './model.ts';
import { createReader } from './reader.ts';

const WRITES = { writes: true } as const;

/** Makes the writer of one bucket, for one granted call. */
export const createWriter = (client: S3Client, bucket: string): S3Writer => ({
  ...createReader(client, bucket),
  found: new Map(),
  async isTagged(key, signal) {
    const input = { Bucket: bucket, Key: key.name };
    // Of the answer to GET, the number of tags is left out for accounts that may not read tags.
    const answer = await ask(signal, (options) =>
      client.send(new GetObjectTaggingCommand(input), options).catch(withoutTags),
    );
    return answer?.TagSet === undefined || answer.TagSet.length > 0;
  },
  async put(key, { bytes, headers }, condition, signal) {
    const input = {
      Bucket: bucket,
      Key: key.name,
      Body: bytes,
      // A bucket with a default retention takes no object without one.
      ContentMD5: createHash('md5').update(bytes).digest('base64'),
      ...storedWith(headers),
      ...conditionOf(condition),
    };
    const answer = await ask(signal, (options) => client.send(new PutObjectCommand(input), options), WRITES);
    if (answer.ETag === undefined) throw unknownOutcome(notS3());
    return { etag: answer.ETag, version_id: answer.VersionId };
  },
  async remove(key, { version, etag }, signal) {
    const input = { Bucket: bucket, Key: key.name, VersionId: version, IfMatch: etag };
    const answer = await ask(
      signal,
      (options) => client.send(new DeleteObjectCommand(input), options),
      WRITES,
    );
    return { version_id: answer.VersionId, isMarker: answer.DeleteMarker === true };
  },
});

/** Makes a session on which a way back is tried: it looks as a writer does, and ends the trial at the first write. */
export const createRehearsal = (client: S3Client, bucket: string): S3Writer => ({
  ...createWriter(client, bucket),
  put: endTrial,
  remove: endTrial,
});

/** A server that does not have the operation has no tags. */
function withoutTags(error: unknown): { TagSet: [] } {
  if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 501) return { TagSet: [] };
  throw error;
}

const conditionOf = (condition: Condition) => {
  if (condition === 'any') return {};
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
};

const storedWith = (headers: StoredHeaders) => ({
  ContentType: headers.content_type,
  ContentEncoding: headers.content_encoding,
  ContentDisposition: headers.content_disposition,
  ContentLanguage: headers.content_language,
  CacheControl: headers.cache_control,
  Metadata: { ...headers.metadata },
});
