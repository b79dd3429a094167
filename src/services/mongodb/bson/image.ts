import { BSON, type Document, Double, Int32, Long, Timestamp } from 'mongodb';
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
  if (isExact(bytes)) return Buffer.from(bytes).toString('base64');
  throw new ToolError(
    'conflict',
    'a document or index has parts that could not be put back exactly, so it is not changed here',
  );
}

function isExact(bytes: Uint8Array): boolean {
  const document = decode(bytes);
  try {
    const again = BSON.serialize(document);
    return (
      Buffer.compare(again, bytes) === 0 && Object.keys(document).every((key) => isWritable(document, key))
    );
  } catch {
    // The driver cannot write what it reads here, such as a field named _bsontype.
    return false;
  }
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
  if (id instanceof Int32 || id instanceof Long) return `number ${id.toString()}`;
  if (id instanceof Double && Number.isInteger(id.valueOf())) return `number ${BigInt(id.valueOf())}`;
  return Buffer.from(BSON.serialize({ id })).toString('hex');
}

const isWritable = (document: Document, key: string): boolean =>
  !key.startsWith('$') && !(document[key] instanceof Timestamp && document[key].isZero());
