import type { Connector, Endpoint } from '../../toolset/define.ts';
import { sendsInClear } from '../../toolset/http/headers.ts';
import { createClient } from './client.ts';
import { BucketEntry, type S3Connection } from './connection.ts';
import { type Place, placeOf } from './lock.ts';
import { createReader } from './reader.ts';
import { bucketOf } from './scope.ts';
import type { S3Types } from './tool.ts';
import { createRehearsal, createWriter } from './writer.ts';

/** Opens clients that each speak to the bucket of their target alone. */
export const connector: Connector<S3Types, S3Connection> = {
  async openReader(endpoint) {
    const { url } = endpoint.connection;
    if (url !== undefined && sendsInClear(url))
      endpoint.warn('objects are sent over plain http to another machine; use https');
    const { client, bucket } = open(endpoint, 'read');
    return { client: createReader(client, bucket), close: async () => client.destroy() };
  },
  async openWriter(endpoint) {
    const { client, bucket } = open(endpoint, 'write');
    return { client: createWriter(client, bucket), close: async () => client.destroy() };
  },
  async openRehearsal(endpoint) {
    const { client, bucket } = open(endpoint, 'rehearse');
    return { client: createRehearsal(client, bucket), triesAgain: true, close: async () => client.destroy() };
  },
};

function open({ connection, sub, entry }: Endpoint<S3Connection>, access: Place['access']) {
  const { region, path_style, credentials } = connection;
  const own = BucketEntry.parse(entry);
  const bucket = bucketOf(sub, own);
  const url = connection.url ?? regionUrl(region);
  const isPathStyle = needsPath(url, bucket) || (path_style ?? connection.url !== undefined);
  const place = { ...placeOf(url, bucket, isPathStyle), prefixes: own.prefixes, access };
  return { bucket, client: createClient({ url, region, isPathStyle, credentials, place }) };
}

/** @see https://docs.aws.amazon.com/general/latest/gr/s3.html */
const regionUrl = (region: string): string =>
  `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** An address cannot have the bucket before it, and no certificate covers a bucket with dots. */
function needsPath(url: string, bucket: string): boolean {
  const { hostname } = new URL(url);
  return bucket.includes('.') || hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
}
