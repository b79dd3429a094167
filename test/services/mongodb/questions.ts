import { aggregate } from '../../../src/services/mongodb/tools/aggregate.ts';
import { count } from '../../../src/services/mongodb/tools/count.ts';
import { createIndex } from '../../../src/services/mongodb/tools/create-index.ts';
import { remove } from '../../../src/services/mongodb/tools/delete.ts';
import { distinct } from '../../../src/services/mongodb/tools/distinct.ts';
import { dropIndex } from '../../../src/services/mongodb/tools/drop-index.ts';
import { explain } from '../../../src/services/mongodb/tools/explain.ts';
import { find } from '../../../src/services/mongodb/tools/find.ts';
import { indexes } from '../../../src/services/mongodb/tools/indexes.ts';
import { insert } from '../../../src/services/mongodb/tools/insert.ts';
import { schemaSample } from '../../../src/services/mongodb/tools/schema-sample.ts';
import { stats } from '../../../src/services/mongodb/tools/stats.ts';
import { update } from '../../../src/services/mongodb/tools/update.ts';
import type { Lab, Mongo } from './lab.ts';

type Attempt = (mongo: Mongo) => Promise<unknown>;
type Any = never;

/** Every reading tool that names a collection. */
export const readsOf = (collection: string): Attempt[] => [
  (m) => m.read(find, 'shop', { collection }),
  (m) => m.read(aggregate, 'shop', { collection, pipeline: [] }),
  (m) => m.read(count, 'shop', { collection }),
  (m) => m.read(distinct, 'shop', { collection, field: 'a' }),
  (m) => m.read(explain, 'shop', { collection }),
  (m) => m.read(indexes, 'shop', { collection }),
  (m) => m.read(schemaSample, 'shop', { collection }),
  (m) => m.read(stats, 'shop', { collection }),
];

/** Every writing tool on a collection. */
export const writesOf = (collection: string): Attempt[] => [
  (m) => m.write(insert, 'shop', { collection, documents: [{ a: 1 }] }),
  (m) => m.write(update, 'shop', { collection, filter: { _id: 1 }, update: { $set: { a: 1 } } }),
  (m) => m.write(remove, 'shop', { collection, filter: { _id: 1 } }),
  (m) => m.write(createIndex, 'shop', { collection, name: 'i', key: [{ field: 'a', order: 1 }] }),
  (m) => m.write(dropIndex, 'shop', { collection, index: 'i' }),
];

/** Every tool that takes a pipeline. */
export const withPipeline = (pipeline: unknown): Attempt[] => [
  (m) => m.read(aggregate, 'shop', { collection: 'orders', pipeline: pipeline as Any }),
  (m) => m.read(explain, 'shop', { collection: 'orders', pipeline: pipeline as Any, execute: true }),
];

/** Every tool that takes a filter, reading and writing. */
export const withFilter = (filter: unknown): Attempt[] => [
  (m) => m.read(find, 'shop', { collection: 'orders', filter: filter as Any }),
  (m) => m.read(count, 'shop', { collection: 'orders', filter: filter as Any }),
  (m) => m.read(distinct, 'shop', { collection: 'orders', field: 'a', filter: filter as Any }),
  (m) => m.read(explain, 'shop', { collection: 'orders', filter: filter as Any }),
  (m) => m.read(aggregate, 'shop', { collection: 'orders', pipeline: [{ $match: filter as Any }] }),
  (m) => m.write(update, 'shop', { collection: 'orders', filter: filter as Any, update: { $set: { a: 1 } } }),
  (m) => m.write(remove, 'shop', { collection: 'orders', filter: filter as Any }),
];

/** The commands that left about documents, without those with which a connection begins. */
export const leftOf = (lab: Lab): string[] =>
  lab.twin.commands.map(({ name }) => name).filter((name) => name !== 'connectionStatus');
