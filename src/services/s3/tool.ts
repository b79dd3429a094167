import { toolsOf, type WriteContext } from '../../toolset/define.ts';
import type { BucketEntry } from './connection.ts';
import type { S3Reader, S3Writer } from './model.ts';

export interface S3Types {
  Reader: S3Reader;
  Writer: S3Writer;
  Entry: BucketEntry;
}
export type Writing = WriteContext<S3Types>;

/** Defines one tool of S3, with its clients and scope typed. */
export const tool = toolsOf<S3Types>();

export { complete, completeness } from '../../toolset/completeness.ts';
