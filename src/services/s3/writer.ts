import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { unknownOutcome } from '../../toolset/http/failure.ts';
import { ask } from './ask.ts';
import { notS3 } from './failure.ts';
import type { Condition, S3Writer, StoredHeaders } from './model.ts';
import { createReader } from './reader.ts';

const WRITES = { writes: true } as const;

/** Makes the writer of one bucket, for one granted call. */
export const createWriter = (client: S3Client, bucket: string): S3Writer => ({
  ...createReader(client, bucket),
  found: new Map(),
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
