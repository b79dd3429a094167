import { BSON, type Document, ObjectId } from 'mongodb';
import { ToolError } from '../../toolset/errors.ts';
import { documentImage, documentOf, imageOf, keyOf } from './bson/image.ts';
import { toDocument } from './bson/to-bson.ts';
import { toJson } from './bson/to-json.ts';
import { applyUpdate } from './bson/update.ts';
import { writeFailureOf } from './failure.ts';
import { findOf, indexesOf, listCollections } from './reader.ts';
import type { ScopedCollection } from './scope.ts';
import type { Bounds, Image, MongoReader, MongoWriter, Step } from './types.ts';
import type { Wire } from './wire.ts';

/** Bytes of documents that one call may record as the way back. */
const MOST_IMAGE_BYTES = 2 ** 20;

/** Makes the writing client of one granted call. */
export const createWriter = (wire: Wire, reader: MongoReader, isSharded: boolean): MongoWriter => ({
  isSharded,
  collections: (names, bounds) => listCollections(wire, names, bounds),
  indexes: reader.indexes,
  async images(on, filter, most, bounds) {
    const { documents, isCut } = await wire.batch(findOf({ on, filter, rows: most + 1 }), on.name, bounds);
    if (documents.length > most)
      throw new ToolError('conflict', `the filter matches more than ${most} documents; nothing was written`);
    if (isCut) throw tooLarge();
    return kept(documents);
  },
  current: (on, images, bounds) => currentOf(wire, on, images, bounds),
  imagesOf: (documents) => kept(documents.map((given) => BSON.serialize(withId(toDocument(given))))),
  updated: (image, update) => documentImage(BSON.serialize(applyUpdate(documentOf(image), update))),
  idOf: (image) => toJson(documentOf(image)._id),
  apply: (on, steps, bounds) => apply(wire, on, steps, bounds),
  asStored: (index) => toJson(toDocument(index)),
  async createIndex(on, index, bounds) {
    await wire.write({ createIndexes: on.name, indexes: [toDocument(index)] }, bounds);
  },
  async dropIndex(on, name, bounds) {
    await wire.write({ dropIndexes: on.name, index: name }, bounds);
  },
  async indexImage(on, name, bounds) {
    const { documents } = await wire.batch(indexesOf(on.name), on.name, bounds);
    const found = documents.find((bytes) => BSON.deserialize(bytes).name === name);
    return found && imageOf(found);
  },
  async restoreIndex(on, image, bounds) {
    const { ns: _, ...index } = documentOf(image);
    await wire.write({ createIndexes: on.name, indexes: [index] }, bounds);
  },
});

/** The server puts `_id` first, so it is first here too. */
const withId = ({ _id, ...fields }: Document): Document => ({ _id: _id ?? new ObjectId(), ...fields });

function kept(documents: readonly Uint8Array[]): readonly Image[] {
  if (documents.reduce((sum, { length }) => sum + length, 0) > MOST_IMAGE_BYTES) throw tooLarge();
  return documents.map(documentImage);
}

const tooLarge = () =>
  new ToolError(
    'result_too_large',
    'the documents are larger than the 1 MiB that can be recorded as the way back; name fewer',
  );

async function currentOf(wire: Wire, on: ScopedCollection, images: readonly Image[], bounds: Bounds) {
  const command = {
    find: on.name,
    filter: { _id: { $in: images.map((image) => documentOf(image)._id) } },
    limit: images.length,
    batchSize: images.length + 1,
  };
  const { documents, isCut } = await wire.batch(command, on.name, bounds);
  if (isCut) throw tooLarge();
  const found = new Map(documents.map((bytes) => [keyOf(base64(bytes)), base64(bytes)]));
  return images.map((image) => found.get(keyOf(image)) ?? null);
}

const base64 = (bytes: Uint8Array): Image => Buffer.from(bytes).toString('base64');

async function apply(
  wire: Wire,
  on: ScopedCollection,
  steps: readonly Step[],
  bounds: Bounds,
): Promise<number> {
  if (steps.length === 0) return 0;
  const { n, writeErrors } = await wire.write(commandOf(on.name, steps), bounds);
  const [refused] = Array.isArray(writeErrors) ? writeErrors : [];
  if (refused) throw writeFailureOf(Number(refused.code));
  return Number(n);
}

function commandOf(name: string, steps: readonly Step[]): Document {
  const first = steps[0];
  if (first?.from === null)
    return { insert: name, documents: steps.map(({ to }) => documentOf(to ?? '')), ordered: true };
  if (first?.to === null)
    return {
      delete: name,
      deletes: steps.map(({ from }) => ({ q: exactly(from ?? ''), limit: 1, collation: SIMPLE })),
      ordered: true,
    };
  const updates = steps.map(({ from, to }) => ({
    q: exactly(from ?? ''),
    u: documentOf(to ?? ''),
    multi: false,
    upsert: false,
    collation: SIMPLE,
  }));
  return { update: name, updates, ordered: true };
}

/** Text is compared as it is, whatever the collation of the collection. */
const SIMPLE = { locale: 'simple' };

/** Matches one document only while it has just this content. */
function exactly(image: Image): Document {
  const document = documentOf(image);
  return { _id: document._id, $expr: { $eq: ['$$ROOT', { $literal: document }] } };
}
