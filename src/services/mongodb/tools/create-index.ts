import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { judgeFilter } from '../guard/filter.ts';
import { type JsonObject, Place } from '../guard/place.ts';
import { indexView } from '../index-view.ts';
import { FieldPath } from '../names.ts';
import { rightsAhead } from '../privileges.ts';
import { writable } from '../resolve.ts';
import { ScopedCollection } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';
import { IndexName } from './index-name.ts';
import { Collection, Json } from './params.ts';

const Params = z.strictObject({
  collection: Collection,
  name: IndexName,
  key: z
    .array(
      z.strictObject({
        field: FieldPath,
        order: z.union([z.literal(1), z.literal(-1), z.literal('hashed')]),
      }),
    )
    .min(1)
    .max(32),
  unique: z.boolean().default(false),
  sparse: z.boolean().default(false),
  partial_filter: Json.optional(),
});
type Params = z.output<typeof Params>;

export const createIndex = tool({
  name: 'mongo_create_index',
  access: 'write',
  reach: 'sub',
  title: 'Create an index',
  description: 'Build one index; reads every document. Indexes that expire documents are not made here.',
  params: Params,
  output: z.strictObject({ name: z.string(), created: z.boolean() }),
  scope(target, args) {
    specOf(args);
    return {
      resources: [`${target.name}.${ScopedCollection.within(target, args.collection)}/index:${args.name}`],
      atMost: 1,
    };
  },
  effect: {
    kind: 'create',
    way: 'drops the index',
    async capture(context, args): Promise<JsonValue> {
      await assertNew(context, args);
      return { index: null };
    },
    isBack: async (context, { args, after }) =>
      after === null ||
      (await indexesOf(context, args)).every((index) => indexView(index).name !== args.name),
    precheck: (context, { args, how }) =>
      rightsAhead(context, args.collection, [how === 'redo' ? 'createIndex' : 'dropIndex']),
    async revert(context, { args, after }) {
      if (after === null) return;
      const { client, limits, signal } = context;
      const on = await writable(context, args.collection);
      const documents = await indexesOf(context, args);
      const isNamed = (name: string) => (index: JsonValue) => indexView(index).name === name;
      const found = documents.find(isNamed(args.name));
      if (found === undefined) return;
      if (!isAs(found, client.asStored(specOf(args)), documents.find(isNamed('_id_'))))
        throw new ToolError('conflict', `the index ${args.name} is another one by now; it stays as it is`);
      await client.dropIndex(on, args.name, { limits, signal });
    },
  },
  async run(context, args) {
    const { client, limits, signal, recordAfter } = context;
    const on = await writable(context, args.collection);
    const spec = specOf(args);
    await recordAfter({ index: args.name });
    await client.createIndex(on, spec, { limits, signal });
    return { name: args.name, created: true };
  },
});

/** Whether an index is the one that was asked for. Its collation is then that of the collection, which its `_id` has too. */
function isAs(found: JsonValue, asked: JsonValue, ofId: JsonValue | undefined): boolean {
  const [is, shall] = [indexView(found), indexView(asked)];
  return (
    isDeepStrictEqual(is, shall) &&
    isDeepStrictEqual(keyOf(is.key), keyOf(shall.key)) &&
    isDeepStrictEqual(
      moreOf(found),
      moreOf(ofId).filter(([option]) => option === 'collation'),
    )
  );
}

/** Options of an index that are not shown, without those that the server gives to each. */
const moreOf = (index: JsonValue | undefined) =>
  Object.entries(index ?? {}).filter(([option]) => !SHOWN_OR_GIVEN.has(option));
const SHOWN_OR_GIVEN: ReadonlySet<string> = new Set(
  'v ns background key name unique sparse hidden expireAfterSeconds partialFilterExpression'.split(' '),
);

/** Fields of a key in their order, which is a part of it. */
const keyOf = (key: unknown) => Object.entries(key ?? {});

async function indexesOf(context: Writing, { collection }: Params): Promise<readonly JsonValue[]> {
  const { client, limits, signal } = context;
  const { documents } = await client.indexes(await writable(context, collection), { limits, signal });
  return documents;
}

/** Throws ToolError('conflict') when there is an index of that name or of that key. */
async function assertNew(context: Writing, args: Params): Promise<void> {
  const { key } = specOf(args);
  const same = (await indexesOf(context, args))
    .map(indexView)
    .find((index) => index.name === args.name || isDeepStrictEqual(keyOf(index.key), keyOf(key)));
  if (same) throw new ToolError('conflict', `${args.collection} has the index ${same.name} already`);
}

function specOf({ name, key, unique, sparse, partial_filter }: Params): JsonObject {
  if (partial_filter) judgeFilter(partial_filter, new Place('partial_filter'));
  if (new Set(key.map(({ field }) => field)).size < key.length)
    throw new ToolError('invalid_arguments', 'key: names a field twice');
  const fields = Object.fromEntries(key.map(({ field, order }) => [field, order]));
  if (Object.keys(fields).some((field, at) => field !== key[at]?.field))
    throw new ToolError('invalid_arguments', 'key: a field whose name is a number can only stand first here');
  return {
    name,
    key: fields,
    ...(unique ? { unique } : {}),
    ...(sparse ? { sparse } : {}),
    ...(partial_filter ? { partialFilterExpression: partial_filter } : {}),
  };
}
