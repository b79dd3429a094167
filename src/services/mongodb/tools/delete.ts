import { z } from 'zod';
import { assertFilter, captureMatches, takeCaptured, touched } from '../captured.ts';
import { judgeFilter } from '../guard/filter.ts';
import { Place } from '../guard/place.ts';
import { writable } from '../resolve.ts';
import { ScopedCollection } from '../scope.ts';
import { areDocumentsBack, carryOut, documentsAhead, takeBack } from '../steps.ts';
import { tool } from '../tool.ts';
import { Collection, Json, MaxDocuments } from './params.ts';

export const remove = tool({
  name: 'mongo_delete',
  access: 'write',
  reach: 'sub',
  title: 'Delete documents',
  description: 'Delete every document that a filter matches, all or none.',
  params: z.strictObject({ collection: Collection, filter: Json, max_documents: MaxDocuments }),
  output: z.strictObject({ deleted: z.number().int(), ...touched }),
  list: 'ids',
  scope(target, { collection, filter, max_documents }) {
    assertFilter(filter);
    judgeFilter(filter, new Place('filter'));
    return {
      resources: [`${target.name}.${ScopedCollection.within(target, collection)}`],
      atMost: max_documents,
    };
  },
  effect: {
    kind: 'destroy',
    way: 'inserts the documents as they were',
    capture: captureMatches,
    precheck: documentsAhead,
    revert: takeBack,
    isBack: areDocumentsBack,
  },
  async run(context, { collection }) {
    const { client } = context;
    const images = takeCaptured(client);
    const on = await writable(context, collection);
    await carryOut(
      context,
      on,
      images.map((from) => ({ from, to: null })),
    );
    return { deleted: images.length, ids: images.map(client.idOf) };
  },
});
