import { defineService, type Entry } from '../../toolset/define.ts';
import type { EntryFault } from '../../topology/component-type.ts';
import { advise } from './advise.ts';
import { BucketEntry, S3Connection } from './connection.ts';
import { BucketName } from './names.ts';
import type { S3Types } from './tool.ts';
import { tools } from './tools/index.ts';

/** The key of an entry stands for the bucket's name where the entry gives none. */
const nameFault = (sub: string, { bucket }: Entry): EntryFault[] => {
  const fault = bucket === undefined ? BucketName.safeParse(sub).error?.issues[0]?.message : undefined;
  return fault === undefined
    ? []
    : [{ sub, path: [], message: `is no name of a bucket, so give bucket its name at the server: ${fault}` }];
};

/** Amazon S3 and what speaks its API: MinIO, Ceph, Garage, R2 ... */
export const s3 = defineService<S3Types, typeof S3Connection>({
  type: 's3',
  layer: 'data',
  prefix: 's3',
  title: 'S3-compatible storage',
  description: 'Buckets of Amazon S3, or of a server that speaks its API, reached by key prefixes.',
  connection: S3Connection,
  subComponents: {
    key: 'buckets',
    singular: 'bucket',
    entry: BucketEntry,
    narrowable: ['prefixes'],
    required: true,
    check: (entries) => [...entries].flatMap(([name, entry]) => nameFault(name, entry)),
  },
  links: {
    stores_in: { description: 'Keeps objects in the buckets.' },
    reads: { description: 'Reads objects.', access: 'read' },
    operates: { description: 'Looks after the buckets and their objects.' },
    observes: { description: 'Looks, and never changes.', access: 'read' },
  },
  tools,
  configuration: [
    { tool: 's3_bucket', fields: ['versioning', 'mfa_delete', 'public_access_block', 'policy', 'lifecycle'] },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  advise,
});
