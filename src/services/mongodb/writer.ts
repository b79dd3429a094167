import { BSON, type Document, ObjectId } from 'mongodb';
import { ToolError } from '../../toolset/errors.ts';
import { endTrial } from '../../toolset/trial-end.ts';
import { documentImage, documentOf, imageOf, keyOf } from './bson/image.ts';
import { toDocument } from './bson/to-bson.ts';
import { toJson } from './bson/to-json.ts';
import { applyUpdate } from './bson/update.ts';
import { writeFailureOf } from './failure.ts';
import type { JsonObject } from './guard/place.ts';
import { findOf, indexesOf, listCollections } from './reader.ts';
import type { ScopedCollection } from './scope.ts';
import type { Applied, Bounds, Image, MongoReader, MongoWriter, Step } from './types.ts';
import type { Wire } from './wire.ts';

/** Bytes of documents that one call may record, of what was there and again of what comes there. */
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
  updated: (images, update) => keptOneByOne(images, update),
  idOf: (image) => toJson(documentOf(image)._id),
  apply: (on, steps, bounds) => apply(wire, on, steps, bounds),
  asStored: (index) => toJson(toDocument(index)),
  async createIndex(on, index, bounds) {
    const answer = await wire.write({ createIndexes: on.name, indexes: [toDocument(index)] }, bounds);
    // The server calls it done where somebody made the very same one meanwhile.
    if (answer.numIndexesAfter === answer.numIndexesBefore)
      throw new ToolError('conflict', 'somebody made the same index at the same time; it is theirs');
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

/** Makes a client on which a way back is tried: it reads, and ends the trial at the first change. */
export const createRehearsal = (wire: Wire, reader: MongoReader, isSharded: boolean): MongoWriter => ({
  ...createWriter(wire, reader, isSharded),
  apply: async (_on, steps) => (steps.length === 0 ? { done: 0 } : endTrial()),
  createIndex: endTrial,
  dropIndex: endTrial,
  restoreIndex: endTrial,
});

/** The server puts `_id` first, so it is first here too. */
const withId = ({ _id, ...fields }: Document): Document => ({ _id: _id ?? new ObjectId(), ...fields });

function kept(documents: readonly Uint8Array[]): readonly Image[] {
  if (documents.reduce((sum, { length }) => sum + length, 0) > MOST_IMAGE_BYTES) throw tooLarge();
  return documents.map(documentImage);
}

/** Ends at the first that goes beyond the bound: an update of a hundred documents can make a hundred times its size. */
function keptOneByOne(images: readonly Image[], update: JsonObject): readonly Image[] {
  let left = MOST_IMAGE_BYTES;
  return images.map((image) => {
    const bytes = BSON.serialize(applyUpdate(documentOf(image), update));
    left -= bytes.length;
    if (left < 0) throw tooLarge();
    return documentImage(bytes);
  });
}

const tooLarge = () =>
  new ToolError(
    'result_too_large',
    'the documents are, or would become, larger than the 1 MiB that can be recorded as the way back; name fewer',
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

/**
 * A command has one step: of a command with several, the server does not tell which found their documents, and what
 * somebody else did alike would be taken for done here.
 */
async function apply(
  wire: Wire,
  on: ScopedCollection,
  steps: readonly Step[],
  bounds: Bounds,
): Promise<Applied> {
  for (const [done, step] of steps.entries()) {
    const refused = await applyOne(wire, on, step, bounds);
    if (refused) return { done, refused };
  }
  return { done: steps.length };
}

/** Why a step was not carried out; undefined if it was. Throws ToolError('outcome_unknown'). */
async function applyOne(
  wire: Wire,
  on: ScopedCollection,
  step: Step,
  bounds: Bounds,
): Promise<ToolError | undefined> {
  try {
    const { n, writeErrors } = await wire.write(commandOf(on.name, step), bounds);
    const [refused] = Array.isArray(writeErrors) ? writeErrors : [];
    if (refused) return writeFailureOf(Number(refused.code));
    if (Number(n) === 1) return undefined;
    return new ToolError(
      'conflict',
      'somebody changed one of the documents at the same time; nothing was changed',
    );
  } catch (error) {
    if (!(error instanceof ToolError) || error.code === 'outcome_unknown') throw error;
    return error;
  }
}

function commandOf(name: string, { from, to }: Step): Document {
  if (from === null) return { insert: name, documents: [documentOf(to ?? '')], ordered: true };
  const q = exactly(from);
  if (to === null) return { delete: name, deletes: [{ q, limit: 1, collation: SIMPLE }], ordered: true };
  const change = { q, u: documentOf(to), multi: false, upsert: false, collation: SIMPLE };
  return { update: name, updates: [change], ordered: true };
}

/** Text is compared as it is, whatever the collation of the collection. */
const SIMPLE = { locale: 'simple' };

/** Matches one document only while it has just this content. */
function exactly(image: Image): Document {
  const document = documentOf(image);
  return { _id: document._id, $expr: { $eq: ['$$ROOT', { $literal: document }] } };
}
