import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { touched } from '../captured.ts';
import { type JsonObject, Place } from '../guard/place.ts';
import { judgeValue } from '../guard/value.ts';
import { writable } from '../resolve.ts';
import { ScopedCollection } from '../scope.ts';
import { areDocumentsBack, carryOut, documentsAhead, takeBack } from '../steps.ts';
import { tool, type Writing } from '../tool.ts';
import { Collection, Json } from './params.ts';

export const insert = tool({
  name: 'mongo_insert',
  access: 'write',
  reach: 'sub',
  title: 'Insert documents',
  description:
    'Insert documents into a collection that exists, all or none. An _id is made where none is given.',
  params: z.strictObject({ collection: Collection, documents: z.array(Json).min(1).max(100) }),
  output: z.strictObject({ inserted: z.number().int(), ...touched }),
  list: 'ids',
  scope(target, { collection, documents }) {
    judgeValue(documents, new Place('documents'));
    return {
      resources: [`${target.name}.${ScopedCollection.within(target, collection)}`],
      atMost: documents.length,
    };
  },
  effect: {
    kind: 'create',
    way: 'deletes the documents while they are as they were inserted',
    async capture(context, { collection, documents }): Promise<JsonValue> {
      await assertAbsent(context, collection, documents);
      return { collection };
    },
    precheck: documentsAhead,
    revert: takeBack,
    isBack: areDocumentsBack,
  },
  async run(context, { collection, documents }) {
    const { client } = context;
    judgeValue(documents, new Place('documents'));
    const on = await writable(context, collection);
    const images = client.imagesOf(documents);
    await carryOut(
      context,
      on,
      images.map((to) => ({ from: null, to })),
    );
    return { inserted: images.length, ids: images.map(client.idOf) };
  },
});

/** Only documents that were not there before may be taken out again. */
async function assertAbsent(context: Writing, collection: string, documents: readonly JsonObject[]) {
  const { client, limits, signal } = context;
  const on = await writable(context, collection);
  const named = client.imagesOf(documents.filter(({ _id }) => _id !== undefined));
  if (named.length === 0) return;
  const there = await client.current(on, named, { limits, signal });
  if (there.some((image) => image !== null))
    throw new ToolError('conflict', `${collection} has a document with one of these _ids already`);
}
