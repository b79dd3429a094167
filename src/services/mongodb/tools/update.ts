import { z } from 'zod';
import { assertFilter, captureMatches, takeCaptured, touched } from '../captured.ts';
import { judgeFilter } from '../guard/filter.ts';
import { Place } from '../guard/place.ts';
import { judgeUpdate } from '../guard/update.ts';
import { writable } from '../resolve.ts';
import { ScopedCollection } from '../scope.ts';
import { areDocumentsBack, carryOut, documentsAhead, takeBack } from '../steps.ts';
import { tool } from '../tool.ts';
import { Collection, Json, MaxDocuments } from './params.ts';

export const update = tool({
  name: 'mongo_update',
  access: 'write',
  reach: 'sub',
  title: 'Update documents',
  description:
    'Change every document that a filter matches, all or none, with $set, $unset, $inc, $rename, $push, $addToSet or $pull of exact values. Never inserts.',
  params: z.strictObject({
    collection: Collection,
    filter: Json,
    update: Json,
    max_documents: MaxDocuments,
  }),
  output: z.strictObject({ matched: z.number().int(), modified: z.number().int(), ...touched }),
  list: 'ids',
  scope(target, { collection, filter, update: changes, max_documents }) {
    assertFilter(filter);
    judgeFilter(filter, new Place('filter'));
    judgeUpdate(changes, new Place('update'));
    return {
      resources: [`${target.name}.${ScopedCollection.within(target, collection)}`],
      atMost: max_documents,
    };
  },
  effect: {
    kind: 'update',
    way: 'puts the documents back as they were',
    capture: captureMatches,
    precheck: documentsAhead,
    revert: takeBack,
    isBack: areDocumentsBack,
  },
  async run(context, { collection, update: changes }) {
    const { client } = context;
    const images = takeCaptured(client);
    const on = await writable(context, collection);
    const becoming = client.updated(images, changes);
    const steps = images
      .map((from, at) => ({ from, to: becoming[at] ?? from }))
      .filter(({ from, to }) => from !== to);
    await carryOut(context, on, steps);
    return {
      matched: images.length,
      modified: steps.length,
      ids: steps.map(({ from }) => client.idOf(from)),
    };
  },
});
