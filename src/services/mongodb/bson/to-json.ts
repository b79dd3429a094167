import {
  Binary,
  BSON,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb';
import type { JsonValue } from '../../../toolset/define.ts';

/** Keeps the type of every value, which JavaScript's own values lose. */
const EXACT = {
  promoteValues: false,
  promoteBuffers: false,
  promoteLongs: false,
  bsonRegExp: true,
  validation: { utf8: false },
} as const;

/** Reads a document without losing a type. */
export const decode = (bytes: Uint8Array): Document => BSON.deserialize(bytes, EXACT);

/**
 * Makes JSON of a value. What JSON lacks is written as MongoDB's relaxed Extended JSON, but a 64-bit number that
 * a JSON reader would round stays text.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
 */
export function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value === 'bigint') return fromLong(Long.fromBigInt(value));
  if (value instanceof Date) return fromDate(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object') return { $undefined: true };
  return (
    fromType(value) ?? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]))
  );
}

const fromNumber = (value: number): JsonValue =>
  Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { $numberDouble: Object.is(value, -0) ? '-0.0' : `${value}` };

function fromDate(date: Date): JsonValue {
  const time = date.getTime();
  const isPlain = time >= 0 && date.getUTCFullYear() <= 9999;
  return { $date: isPlain ? date.toISOString() : { $numberLong: `${time}` } };
}

function fromLong(long: Long): JsonValue {
  const number = long.toNumber();
  return Number.isSafeInteger(number) ? number : { $numberLong: long.toString() };
}

function fromBinary(binary: Binary): JsonValue {
  const bytes = Buffer.from(binary.value());
  if (binary.sub_type === Binary.SUBTYPE_UUID && bytes.length === 16)
    return { $uuid: bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') };
  return {
    $binary: {
      base64: bytes.toString('base64'),
      subType: binary.sub_type.toString(16).padStart(2, '0'),
    },
  };
}

/** One of BSON's own types as JSON; undefined for an ordinary object. */
function fromType(value: object): JsonValue | undefined {
  if (value instanceof Int32) return value.valueOf();
  if (value instanceof Double) return fromNumber(value.valueOf());
  // A timestamp is a kind of long to the driver, so it is looked for first.
  if (value instanceof Timestamp)
    return { $timestamp: { t: value.getHighBitsUnsigned(), i: value.getLowBitsUnsigned() } };
  if (value instanceof Long) return fromLong(value);
  if (value instanceof ObjectId) return { $oid: value.toHexString() };
  if (value instanceof Decimal128) return { $numberDecimal: value.toString() };
  if (value instanceof Binary) return fromBinary(value);
  if (value instanceof BSONRegExp)
    return { $regularExpression: { pattern: value.pattern, options: value.options } };
  if (value instanceof MinKey) return { $minKey: 1 };
  if (value instanceof MaxKey) return { $maxKey: 1 };
  if (value instanceof BSONSymbol) return { $symbol: value.value };
  if (value instanceof Code)
    return { $code: value.code, ...(value.scope ? { $scope: toJson(value.scope) } : {}) };
  if (value instanceof DBRef)
    return { $ref: value.collection, $id: toJson(value.oid), ...(value.db ? { $db: value.db } : {}) };
  return undefined;
}
