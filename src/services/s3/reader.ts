import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ask } from './ask.ts';
import { bucketReader } from './bucket-reader.ts';
import { factsOf, timeOf } from './facts.ts';
import { failureOf, notS3 } from './failure.ts';
import type { ListedVersion, ObjectPart, S3Reader } from './model.ts';
import type { ScopedKey } from './scope.ts';

/** Makes the reader of one bucket. */
export function createReader(client: S3Client, bucket: string): S3Reader {
  const head: S3Reader['head'] = async (key, version, signal) => {
    const input = { Bucket: bucket, Key: key.name, VersionId: version };
    const answer = await ask(signal, (options) => client.send(new HeadObjectCommand(input), options));
    return factsOf(answer, answer.ContentLength ?? Number.NaN);
  };
  return {
    ...bucketReader(client, bucket),
    head,
    async list(prefix, { delimiter, most, from }, signal) {
      const input = {
        Bucket: bucket,
        Prefix: prefix.start,
        Delimiter: delimiter,
        MaxKeys: most,
        ContinuationToken: from,
        EncodingType: 'url',
      } as const;
      const page = await ask(signal, (options) => client.send(new ListObjectsV2Command(input), options));
      const decode = decoderOf(page.EncodingType);
      const objects = (page.Contents ?? []).map(({ Key, Size, LastModified, ETag, StorageClass }) => ({
        key: decode(Key),
        size: Size ?? 0,
        last_modified: timeOf(LastModified),
        etag: ETag,
        storage_class: StorageClass,
      }));
      const next = page.IsTruncated ? (page.NextContinuationToken ?? null) : null;
      return { objects, folders: (page.CommonPrefixes ?? []).map((one) => decode(one.Prefix)), next };
    },
    async get(key, { offset, length, version, etag }, signal) {
      const input = {
        Bucket: bucket,
        Key: key.name,
        VersionId: version,
        IfMatch: etag,
        Range: `bytes=${offset}-${offset + length - 1}`,
      };
      const answer = await ask(signal, (options) =>
        client.send(new GetObjectCommand(input), options).catch(beyondTheEnd),
      );
      if (answer !== undefined) return partOf(answer, { offset, length }, signal);
      return { facts: await head(key, version, signal), bytes: Buffer.alloc(0) };
    },
    async versions(key, { most, after }, signal) {
      const input = {
        Bucket: bucket,
        Prefix: key.name,
        MaxKeys: most,
        EncodingType: 'url',
        ...(after === undefined ? {} : { KeyMarker: key.name, VersionIdMarker: after }),
      } as const;
      const page = await ask(signal, (options) => client.send(new ListObjectVersionsCommand(input), options));
      return versionsOf(page, key);
    },
  };
}

/** Turns the refusal of a range that begins behind the object's end, as any range of an empty one does, into nothing. */
function beyondTheEnd(error: unknown): undefined {
  if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416) return undefined;
  throw error;
}

interface Range {
  readonly offset: number;
  readonly length: number;
}

async function partOf(
  answer: GetObjectCommandOutput,
  range: Range,
  signal: AbortSignal,
): Promise<ObjectPart> {
  const { total, length } = extentOf(answer, range);
  const bytes = await readBody(answer.Body, length, signal);
  if (bytes.length !== length) throw notS3();
  return { facts: factsOf(answer, total), bytes };
}

/** Which bytes came. A server that does not know ranges sends the whole object, which is of use from its start alone. */
function extentOf({ ContentRange, ContentLength }: GetObjectCommandOutput, { offset, length }: Range) {
  if (ContentRange === undefined && offset === 0 && ContentLength !== undefined)
    return { total: ContentLength, length: Math.min(length, ContentLength) };
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange ?? '')?.map(Number) ?? [];
  if (first !== offset || last === undefined || total === undefined || last - first >= length) throw notS3();
  return { total, length: last - first + 1 };
}

/** As many bytes of a body, and no more; the rest of its connection is given up. */
async function readBody(body: unknown, most: number, signal: AbortSignal): Promise<Buffer> {
  if (!(body instanceof Readable)) throw notS3();
  const chunks: Buffer[] = [];
  let left = most;
  try {
    for await (const chunk of body) {
      chunks.push(chunk.subarray(0, left));
      left -= Math.min(left, chunk.length);
      if (left === 0) break;
    }
  } catch (error) {
    throw failureOf(error, signal, false);
  }
  return Buffer.concat(chunks);
}

/** The versions of one key alone; a list by prefix goes on with the keys that begin with it. */
function versionsOf(page: ListObjectVersionsCommandOutput, key: ScopedKey) {
  const decode = decoderOf(page.EncodingType);
  const isOurs = ({ Key }: { Key?: string | undefined }) => decode(Key) === key.name;
  const versions = [
    ...(page.Versions ?? [])
      .filter(isOurs)
      .map((one) => ({ ...versionOf(one), etag: one.ETag, size: one.Size })),
    ...(page.DeleteMarkers ?? [])
      .filter(isOurs)
      .map((one) => ({ ...versionOf(one), is_delete_marker: true })),
  ];
  // The two kinds come apart, each newest first, and times are to the second.
  versions.sort(
    (a, b) =>
      Number(b.is_latest) - Number(a.is_latest) ||
      (b.last_modified ?? '').localeCompare(a.last_modified ?? '', 'en'),
  );
  const goesOn = page.IsTruncated === true && decode(page.NextKeyMarker) === key.name;
  return { versions, next: goesOn ? (page.NextVersionIdMarker ?? null) : null };
}

function versionOf(one: {
  VersionId?: string | undefined;
  IsLatest?: boolean | undefined;
  LastModified?: Date | undefined;
}): ListedVersion {
  if (one.VersionId === undefined) throw notS3();
  return {
    version_id: one.VersionId,
    is_latest: one.IsLatest ?? false,
    is_delete_marker: false,
    last_modified: timeOf(one.LastModified),
  };
}

/** Keys of a list as they are. They are asked for encoded, since XML cannot hold every character of a key. */
const decoderOf =
  (encoding: string | undefined) =>
  (text: string | undefined): string => {
    if (text === undefined) throw notS3();
    if (encoding !== 'url') return text;
    try {
      return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      throw notS3();
    }
  };
