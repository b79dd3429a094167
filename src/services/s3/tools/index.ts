import { bucket } from './bucket.ts';
import { remove } from './delete.ts';
import { get } from './get.ts';
import { head } from './head.ts';
import { list } from './list.ts';
import { purge } from './purge.ts';
import { put } from './put.ts';
import { putIrreversible } from './put-irreversible.ts';
import { versions } from './versions.ts';

/** Every tool of S3. */
export const tools = [list, head, get, versions, bucket, put, putIrreversible, remove, purge];
