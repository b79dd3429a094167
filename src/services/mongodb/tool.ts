import { type ReadContext, toolsOf, type WriteContext } from '../../toolset/define.ts';
import type { DatabaseEntry } from './connection.ts';
import type { MongoReader, MongoWriter } from './types.ts';

export interface MongoTypes {
  Reader: MongoReader;
  Writer: MongoWriter;
  Entry: DatabaseEntry;
}
export type Reading = ReadContext<MongoTypes>;
export type Writing = WriteContext<MongoTypes>;

/** Defines one tool of MongoDB, with its clients and scope typed. */
export const tool = toolsOf<MongoTypes>();

export { complete, completeness } from '../../toolset/completeness.ts';
