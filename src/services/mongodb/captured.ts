import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { JsonObject } from './guard/place.ts';
import { writable } from './resolve.ts';
import type { Writing } from './tool.ts';
import type { Image, MongoWriter } from './types.ts';

/** What `capture` found, for the `run` on the same session: the documents that a write changes are those, and no others. */
const captured = new WeakMap<MongoWriter, readonly Image[]>();

/** Reads every document that a filter matches. Throws ToolError('conflict') when there are more than `most`. */
export async function captureMatches(
  context: Writing,
  { collection, filter, max_documents }: { collection: string; filter: JsonObject; max_documents: number },
): Promise<JsonValue> {
  const { client, limits, signal } = context;
  const on = await writable(context, collection);
  const images = await client.images(on, filter, max_documents, { limits, signal });
  keepCaptured(client, images);
  return { collection, documents: [...images] };
}

/** Keeps what was captured for the write that follows. */
export const keepCaptured = (client: MongoWriter, images: readonly Image[]): void => {
  captured.set(client, images);
};

/** Hands out what was captured, once. */
export function takeCaptured(client: MongoWriter): readonly Image[] {
  const images = captured.get(client);
  if (!images) throw new ToolError('internal', 'the documents were not captured before the write');
  captured.delete(client);
  return images;
}

/** The name of a collection and the filter of a write, for its scope: a filter that names nothing names everything. */
export function assertFilter(filter: JsonObject): void {
  if (Object.keys(filter).length === 0)
    throw new ToolError(
      'query_refused',
      'filter: name at least one field; an empty filter matches everything',
    );
}

/** Names of the documents that a write touched; cutting them cuts no part of the write. */
export const touched = {
  ids: z.array(z.unknown()),
  truncated: z.boolean().optional(),
  hint: z.string().optional(),
};
