import type { Document } from 'bson';
import { Binary, Decimal128, Int32, Long, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';
import { type MongoTwin, startMongoTwin } from '../../../twins/mongodb.ts';
import { bytesOf, exact } from '../../../twins/mongodb-state.ts';
import { caseOf, defineLab, fresh, type Scene, stopTwin, topologyOf } from '../lab.ts';

/** Values of each kind of BSON, whose type or order JSON would lose. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 9 }),
  fc.constantFrom(null, true, 1.5, -0, new Int32(7), Long.fromString('9007199254740993')),
  fc.constantFrom(Decimal128.fromString('1.10'), new Binary(Buffer.from([0, 255])), new ObjectId()),
  fc.constantFrom(new Date(1_700_000_000_123), Timestamp.fromBits(1, 2), /a.b/i),
  fc.constantFrom([1, [2, { b: 1, a: 2 }]], { z: 1, a: { 10: 'ten', b: null } }, [], {}),
);
const fields = fc.dictionary(fc.constantFrom('a', 'b', 'ü', 'long name', 'x1'), value);
const documents = fc.array(fields, { minLength: 1, maxLength: 8 });

interface World {
  readonly twin: MongoTwin;
  readonly collection: string;
}

/** A collection of the scene's own, with a document that any filter on `n` finds. */
function filled(twin: MongoTwin, given: readonly Document[]): World {
  const collection = fresh('own');
  const all = given.map((one, at) => ({ _id: at, n: at, ...one }));
  twin.state.put('shop', collection, ...all, { _id: 'plain', n: 0, total: new Int32(4), tags: ['x'] });
  return { twin, collection };
}

const contentOf = ({ twin, collection }: World) => ({
  documents: twin.state.dump('shop', collection),
  indexes: (twin.state.database('shop').get(collection)?.indexes ?? [])
    .map((index) => JSON.stringify(index))
    .sort(),
});

function sceneOf(world: World, args: Scene['args'], interfere: Scene['interfere']): Scene {
  const beside = { twin: world.twin, collection: fresh('beside') };
  return {
    args: { collection: world.collection, ...args },
    read: async () => ({ own: contentOf(world), others: contentOf(beside) }),
    beside: () => world.twin.state.put('shop', beside.collection, { _id: 1 }),
    interfere,
  };
}

/** Somebody puts another document in the place of one, as another client would. */
function touch({ twin, collection }: World, id: string): void {
  const found = twin.state.database('shop').get(collection);
  if (!found) throw new Error(`there is no collection ${collection}`);
  found.documents = found.documents.map((bytes) =>
    exact(bytes)._id === id ? bytesOf({ _id: id, n: 0, changed: 'by hand' }) : bytes,
  );
}

const indexed = fc.record({
  fields: fc.uniqueArray(fc.constantFrom('a', 'b.c', 'n', 'zz'), { minLength: 1, maxLength: 3 }),
  order: fc.constantFrom(1, -1),
  sparse: fc.boolean(),
});

const otherIndex = ({ twin, collection }: World, name: string): void => {
  const { indexes = [] } = twin.state.database('shop').get(collection) ?? {};
  const at = indexes.findIndex((index) => index.name === name);
  const made = { v: 2, key: { other: 1 }, name };
  if (at < 0) indexes.push(made);
  else indexes[at] = made;
};

export const mongodb = defineLab<MongoTwin>({
  name: 'the twin of MongoDB',
  start: startMongoTwin,
  stop: stopTwin,
  stackOver: (twin) => ({
    topology: topologyOf(
      'db',
      `type: mongodb, host: 127.0.0.1, port: ${twin.port}, credentials: {user: {env: U}, password: {env: P}}, databases: {shop: {}}`,
      'queries',
    ),
    env: { U: twin.user, P: twin.password, MCP_DB_WRITE_ACCESS: 'true' },
  }),
  cases: {
    mongo_insert: caseOf(documents, async (twin, given) => {
      const world = filled(twin, given);
      const made = [
        { _id: 'new', n: 1, ü: [1, { b: 1, a: 2 }] },
        { _id: { $oid: '5f'.repeat(12) }, n: 2 },
      ];
      return sceneOf(world, { documents: made }, () => touch(world, 'new'));
    }),
    mongo_update: caseOf(
      fc.tuple(
        documents,
        fc.constantFrom(
          { $set: { total: 9, 'deep.er': 'ü' } },
          { $inc: { total: 3 }, $unset: { a: '' } },
          { $push: { tags: 'y' } },
          { $rename: { total: 'sum' } },
        ),
      ),
      async (twin, [given, update]) => {
        const world = filled(twin, given);
        const args = { filter: { _id: 'plain' }, update, max_documents: 10 };
        return sceneOf(world, args, () => touch(world, 'plain'));
      },
    ),
    mongo_delete: caseOf(documents, async (twin, given) => {
      const world = filled(twin, given);
      const args = { filter: { n: { $gte: 0 } }, max_documents: 20 };
      return sceneOf(world, args, () =>
        twin.state.put('shop', world.collection, { _id: 'plain', of: 'others' }),
      );
    }),
    mongo_create_index: caseOf(indexed, async (twin, { fields: names, order, sparse }) => {
      const world = filled(twin, []);
      const key = names.map((field) => ({ field, order }));
      return sceneOf(world, { name: 'by_it', key, sparse }, () => otherIndex(world, 'by_it'));
    }),
    mongo_drop_index: caseOf(indexed, async (twin, { fields: names, order, sparse }) => {
      const world = filled(twin, []);
      const key = Object.fromEntries(names.map((field) => [field, order]));
      const made = { v: 2, key, name: 'by_it', ...(sparse ? { sparse } : {}) };
      twin.state.database('shop').get(world.collection)?.indexes.push(made);
      return sceneOf(world, { index: 'by_it' }, () => otherIndex(world, 'by_it'));
    }),
  },
});
