import { aggregate } from './aggregate.ts';
import { collections } from './collections.ts';
import { count } from './count.ts';
import { createIndex } from './create-index.ts';
import { remove } from './delete.ts';
import { distinct } from './distinct.ts';
import { dropIndex } from './drop-index.ts';
import { explain } from './explain.ts';
import { find } from './find.ts';
import { indexes } from './indexes.ts';
import { insert } from './insert.ts';
import { schemaSample } from './schema-sample.ts';
import { stats } from './stats.ts';
import { update } from './update.ts';

/** Every tool of MongoDB. */
export const tools = [
  find,
  aggregate,
  count,
  distinct,
  explain,
  collections,
  schemaSample,
  indexes,
  stats,
  insert,
  update,
  remove,
  createIndex,
  dropIndex,
];
