import { createHash } from 'node:crypto';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { type CheckpointCopies, copyName } from './checkpoint-copy.ts';

export interface S3Place {
  readonly bucket: string;
  /** Before the name of each copy; ends with `/` or is empty. */
  readonly prefix: string;
  readonly region: string;
  /** Of a server that is not AWS; buckets are in its path. */
  readonly url?: string;
  /** Absent: where the AWS driver finds them, such as a workload's identity. */
  readonly credentials?: S3ClientConfig['credentials'];
}

const SILENCE_MS = 10_000;

/**
 * Copies into a bucket of an S3-compatible store. An object that is there is never replaced, so a bucket with object
 * lock, or a key that may only put, keeps them from whoever has this server.
 */
export function s3Copies(place: S3Place): CheckpointCopies {
  let opened: Promise<S3Client> | undefined;
  return {
    name: `s3://${place.bucket}/${place.prefix}`,
    async put(number, line) {
      opened ??= open(place);
      const client = await opened;
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      const at = { Bucket: place.bucket, Key: `${place.prefix}${copyName(number)}` };
      const body = `${line}\n`;
      try {
        await client.send(
          new PutObjectCommand({
            ...at,
            Body: body,
            ContentMD5: createHash('md5').update(body).digest('base64'),
            ContentType: 'application/json',
            IfNoneMatch: '*',
          }),
        );
      } catch (error) {
        // The answer to an earlier try was lost, or the place is another audit's.
        if (statusOf(error) !== 412 || (await contentOf(client, at)) !== body)
          throw new Error(`${at.Key} could not be put (${nameOf(error)})`, { cause: error });
      }
    },
  };
}

async function open({ region, url, credentials }: S3Place): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    region,
    ...(url === undefined ? {} : { endpoint: url, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    followRegionRedirects: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: SILENCE_MS, socketTimeout: SILENCE_MS },
  });
}

async function contentOf(client: S3Client, at: { Bucket: string; Key: string }): Promise<string | undefined> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  return (await client.send(new GetObjectCommand(at))).Body?.transformToString();
}

const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && '$metadata' in error
    ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode
    : undefined;

/** The driver's own message could hold an address or a key id; the error's name says enough. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
