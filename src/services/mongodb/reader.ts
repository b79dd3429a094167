import type { Document } from 'mongodb';
import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { toBson, toDocument } from './bson/to-bson.ts';
import { decode, toJson } from './bson/to-json.ts';
import { privilegesOf } from './privileges.ts';
import type {
  AggregateAsk,
  Bounds,
  CollectionInfo,
  Documents,
  ExplainAsk,
  FindAsk,
  MongoReader,
} from './types.ts';
import type { Wire } from './wire.ts';

/** More collections than a database is looked through for. */
const MOST_COLLECTIONS = 10_000;

/** Makes the reading client of one database. */
export const createReader = (wire: Wire): MongoReader => ({
  collections: (names, bounds) => listCollections(wire, names, bounds),
  find: async (ask, bounds) => shown(await wire.batch(findOf(ask), ask.on.name, bounds)),
  aggregate: async (ask, bounds) => shown(await wire.batch(aggregateOf(ask), ask.on.name, bounds)),
  async explain(ask, verbosity, bounds) {
    return toJson(await wire.read({ explain: explainedOf(ask), verbosity }, bounds));
  },
  privileges: (bounds) => privilegesOf(wire, bounds),
  indexes: async (on, bounds) => shown(await wire.batch(indexesOf(on.name), on.name, bounds)),
});

/** A batch has room for one document more than can come, or the server could not tell that it gave the last. */
export const findOf = ({ on, filter, projection, sort, skip, rows }: FindAsk): Document => ({
  find: on.name,
  filter: toDocument(filter),
  ...(projection ? { projection: toDocument(projection) } : {}),
  ...(sort ? { sort: toDocument(sort) } : {}),
  ...(skip ? { skip } : {}),
  limit: rows,
  batchSize: rows + 1,
});

const aggregateOf = ({ on, pipeline, rows }: AggregateAsk): Document => ({
  aggregate: on.name,
  pipeline: [...pipeline.map(toBson), { $limit: rows }],
  cursor: { batchSize: rows + 1 },
  // What spills to disk fills the disk of a database in production.
  allowDiskUse: false,
});

const explainedOf = (ask: ExplainAsk): Document => ('pipeline' in ask ? aggregateOf(ask) : findOf(ask));

export const indexesOf = (name: string): Document => ({ listIndexes: name, cursor: { batchSize: 1_000 } });

const shown = ({ documents, isCut }: { documents: readonly Uint8Array[]; isCut: boolean }): Documents => ({
  documents: documents.map((bytes) => toJson(decode(bytes))),
  isCut,
});

const Listed = z.object({
  name: z.string(),
  type: z.string().optional(),
  options: z
    .object({
      viewOn: z.string().optional(),
      pipeline: z.array(z.json()).optional(),
      capped: z.boolean().optional(),
      encryptedFields: z.json().optional(),
      validator: z.json().optional(),
      validationLevel: z.string().optional(),
      validationAction: z.string().optional(),
    })
    .optional(),
});

/** @see https://www.mongodb.com/docs/manual/reference/command/listCollections/ */
export async function listCollections(
  wire: Wire,
  names: readonly string[] | undefined,
  bounds: Bounds,
): Promise<{ collections: CollectionInfo[]; isCut: boolean }> {
  const filter = names === undefined ? {} : { name: { $in: [...names] } };
  const { documents, isCut } = await wire.batch(
    { listCollections: 1, filter, cursor: { batchSize: MOST_COLLECTIONS } },
    '$cmd.listCollections',
    bounds,
  );
  return { collections: documents.map((bytes) => infoOf(toJson(decode(bytes)))), isCut };
}

const TYPES = ['collection', 'view', 'timeseries'] as const;

function infoOf(document: JsonValue): CollectionInfo {
  const parsed = Listed.safeParse(document);
  if (!parsed.success)
    throw new ToolError('backend_failed', 'the server lists collections in an unknown form');
  const { name, type = 'collection', options = {} } = parsed.data;
  return {
    name,
    type: TYPES.find((one) => one === type) ?? 'other',
    ...(options.viewOn === undefined ? {} : { viewOn: options.viewOn, pipeline: options.pipeline ?? [] }),
    isCapped: options.capped === true,
    isEncrypted: options.encryptedFields !== undefined,
    validates: isValidated(options),
  };
}

/** @see https://www.mongodb.com/docs/manual/core/schema-validation/ */
const isValidated = ({
  validator,
  validationLevel,
  validationAction,
}: NonNullable<z.output<typeof Listed>['options']>): boolean =>
  validator !== undefined && validationLevel !== 'off' && validationAction !== 'warn';
