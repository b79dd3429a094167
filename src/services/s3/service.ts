import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { BucketEntry, S3Connection } from './connection.ts';
import type { S3Types } from './tool.ts';
import { tools } from './tools/index.ts';

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
  },
  links: {
    stores_in: { description: 'Keeps objects in the buckets.' },
    reads: { description: 'Reads objects.', access: 'read' },
    operates: { description: 'Looks after the buckets and their objects.' },
    observes: { description: 'Looks, and never changes.', access: 'read' },
  },
  tools,
  connect: async () => (await import('./connect.ts')).connector,
  advise,
});
