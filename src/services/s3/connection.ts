import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { BaseUrl } from '../../toolset/http/connection.ts';
import { BucketName, Prefix } from './names.ts';

const AccessKeyId = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x2e\x30-\x7e]{1,128}$/, 'an access key id has no , or /');

/**
 * The fields of a topology component that say where its buckets are. Nothing else is looked at: neither the AWS
 * environment variables, nor ~/.aws, nor the instance's own role.
 */
export const S3Connection = z.strictObject({
  url: setting(BaseUrl).optional().describe('Endpoint of the server; AWS itself, in the region, if absent'),
  region: setting(z.string().regex(/^[a-z0-9-]{1,64}$/, 'a region such as eu-central-1')).prefault(
    'us-east-1',
  ),
  path_style: z
    .boolean()
    .optional()
    .describe('Bucket in the path, not in the host name; true if absent, unless url is absent too'),
  credentials: z.strictObject({
    access_key_id: setting(AccessKeyId),
    secret_access_key: secret(),
    session_token: secret().optional(),
  }),
});
export type S3Connection = z.output<typeof S3Connection>;

/** A bucket, and which of its keys the tools reach. */
export const BucketEntry = z.strictObject({
  bucket: BucketName.optional().describe('Name at the server; the key of the entry if absent'),
  prefixes: z
    .array(Prefix)
    .min(1)
    .max(100)
    .optional()
    .describe('Literal starts of keys, with their separator: `reports/`; every key if absent'),
});
export type BucketEntry = z.output<typeof BucketEntry>;
