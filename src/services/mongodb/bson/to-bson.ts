import {
  Binary,
  BSONRegExp,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { type Literal, literalOf } from '../guard/literal.ts';
import { isList, isObject, type JsonObject, Place } from '../guard/place.ts';

const PLACE = new Place('arguments');

/** Makes a document of BSON's types from JSON. Reads it just as the guard did, so that neither sees what the other does not. */
export const toDocument = (value: JsonObject): Document =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toBson(item)]));

/** The same for any value. Whole numbers become int32 or int64, others double. Throws ToolError. */
export function toBson(value: JsonValue): unknown {
  if (typeof value === 'number') return numberOf(value);
  if (isList(value)) return value.map(toBson);
  if (!isObject(value)) return value;
  const literal = literalOf(value, PLACE);
  return literal ? fromLiteral(literal) : toDocument(value);
}

function numberOf(value: number): Int32 | Long | Double {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return new Double(value);
  return value === (value | 0) ? new Int32(value) : Long.fromNumber(value);
}

function fromLiteral(literal: Literal): unknown {
  try {
    return typedOf(literal);
  } catch (cause) {
    throw new ToolError('query_refused', `${Object.keys(literal).join()}: not a value of that type`, {
      cause,
    });
  }
}

function typedOf(literal: Literal): unknown {
  if ('$oid' in literal) return new ObjectId(literal.$oid);
  if ('$date' in literal) return dateOf(literal.$date);
  if ('$numberLong' in literal) return Long.fromString(literal.$numberLong);
  if ('$numberInt' in literal) return new Int32(literal.$numberInt);
  if ('$numberDouble' in literal) return new Double(Number(literal.$numberDouble));
  if ('$numberDecimal' in literal) return Decimal128.fromString(literal.$numberDecimal);
  if ('$uuid' in literal) return new UUID(literal.$uuid);
  if ('$binary' in literal)
    return new Binary(
      Buffer.from(literal.$binary.base64, 'base64'),
      Number.parseInt(literal.$binary.subType, 16),
    );
  if ('$regularExpression' in literal) {
    const { pattern, options } = literal.$regularExpression;
    return new BSONRegExp(pattern, [...new Set(options)].sort().join(''));
  }
  if ('$timestamp' in literal) return new Timestamp(literal.$timestamp);
  return '$minKey' in literal ? new MinKey() : new MaxKey();
}

function dateOf(given: string | { readonly $numberLong: string }): Date {
  const date = new Date(typeof given === 'string' ? given : Number(given.$numberLong));
  if (Number.isNaN(date.getTime())) throw new RangeError('a date out of range');
  return date;
}
