import { BSON, type Document, Timestamp } from 'mongodb';
import { ToolError } from '../../../toolset/errors.ts';
import type { Image } from '../types.ts';
import { decode } from './to-json.ts';

/**
 * Keeps a document exactly as the server sent it.
 *
 * Throws ToolError('conflict') for one that could not be written back byte for byte: with numbers as names out of
 * order, a name twice, types that are no longer written, or an empty timestamp, which the server fills in.
 */
export function imageOf(bytes: Uint8Array): Image {
  const document = decode(bytes);
  const again = BSON.serialize(document);
  const isExact =
    Buffer.compare(again, bytes) === 0 && Object.keys(document).every((key) => isWritable(document, key));
  if (isExact) return Buffer.from(bytes).toString('base64');
  throw new ToolError(
    'conflict',
    'a document has fields that could not be put back exactly, so it is not changed here',
  );
}

/**
 * The same of a document, which begins with its `_id`: the server moves it there, JavaScript puts names that are
 * numbers before it, and what is recorded has to be what is stored.
 */
export function documentImage(bytes: Uint8Array): Image {
  const [first] = Object.keys(decode(bytes));
  if (first === '_id') return imageOf(bytes);
  throw new ToolError(
    'conflict',
    'a document with a field whose name is a number cannot be kept exactly here',
  );
}

/** What an image holds. */
export const documentOf = (image: Image): Document => decode(Buffer.from(image, 'base64'));

/** Equal for two `_id`s that the server takes for one, also where a number has another type. */
export function keyOf(image: Image): string {
  const { _id: id } = documentOf(image);
  const isNumber = ['Int32', 'Double', 'Long'].includes(id?._bsontype);
  return isNumber ? `number ${Number(id)}` : Buffer.from(BSON.serialize({ id })).toString('hex');
}

const isWritable = (document: Document, key: string): boolean =>
  !key.startsWith('$') && !(document[key] instanceof Timestamp && document[key].isZero());
