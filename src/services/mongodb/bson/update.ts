import { BSON, type Document, Double, Int32, Long } from 'mongodb';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { isList, isObject, type JsonObject } from '../guard/place.ts';
import { toBson } from './to-bson.ts';

/**
 * A document after an update, worked out here and not in the server: what it will be is recorded before it is
 * written, and just that is written.
 *
 * Throws ToolError('query_failed') where a path leads through something that is no document or array.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mql/update/
 */
export function applyUpdate(document: Document, update: JsonObject): Document {
  assertApart(update);
  for (const [operator, changes] of Object.entries(update)) {
    const apply = OPERATORS[operator];
    if (!apply) throw new TypeError('the guard let an operator through that is not known here');
    for (const [path, operand] of Object.entries(isObject(changes) ? changes : {}))
      apply(document, path, operand);
  }
  return document;
}

type Apply = (document: Document, path: string, operand: JsonValue) => void;

const OPERATORS: Readonly<Record<string, Apply>> = {
  $set: (document, path, operand) => holderOf(document, path).set(toBson(operand)),
  $unset: (document, path) => existing(document, path)?.unset(),
  $inc: (document, path, operand) => {
    const place = holderOf(document, path);
    const old = place.get();
    place.set(old === undefined ? toBson(operand) : sum(old, toBson(operand), path));
  },
  $rename(document, path, operand) {
    const place = existing(document, path);
    const value = place?.get();
    if (place === undefined || value === undefined) return;
    place.unset();
    holderOf(document, String(operand)).set(value);
  },
  $push: (document, path, operand) => append(document, path, eachOf(operand)),
  $addToSet(document, path, operand) {
    for (const value of eachOf(operand)) {
      const list = existing(document, path)?.get();
      if (!Array.isArray(list) || !list.some((one) => isSame(one, value))) append(document, path, [value]);
    }
  },
  $pull(document, path, operand) {
    const place = existing(document, path);
    const list = place?.get();
    if (place === undefined || list === undefined) return;
    const value = toBson(operand);
    place.set(listAt(list, path).filter((one) => !isSame(one, value)));
  },
};

/** Two changes of one path, or of a path and one inside it, have no order that anybody could rely on. */
function assertApart(update: JsonObject): void {
  const paths = Object.entries(update).flatMap(([operator, changes]) =>
    Object.entries(isObject(changes) ? changes : {}).flatMap(([path, operand]) =>
      operator === '$rename' ? [path, String(operand)] : [path],
    ),
  );
  for (const [at, one] of paths.entries())
    for (const other of paths.slice(at + 1))
      if (`${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`))
        throw new ToolError('query_failed', `the update changes ${one} and ${other}, which overlap`);
}

/** A place in a document. */
interface Holder {
  get(): unknown;
  set(value: unknown): void;
  unset(): void;
}

/** The place of a path, making documents on the way where there is nothing. */
function holderOf(document: Document, path: string): Holder {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at: unknown = document;
  for (const part of parts) {
    const place = childOf(at, part, path);
    if (place.get() === undefined) place.set({});
    at = place.get();
  }
  return childOf(at, last, path);
}

/** The same without making anything; undefined where the path ends early. */
function existing(document: Document, path: string): Holder | undefined {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at: unknown = document;
  for (const part of parts) {
    if (!isContainer(at)) return undefined;
    at = childOf(at, part, path).get();
  }
  return isContainer(at) ? childOf(at, last, path) : undefined;
}

const isContainer = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !('_bsontype' in value) && !(value instanceof Date);

function childOf(holder: unknown, key: string, path: string): Holder {
  if (Array.isArray(holder)) return elementOf(holder, key, path);
  if (!isContainer(holder)) throw misfit(path, 'leads through a value that is no document');
  return {
    get: () => (Object.hasOwn(holder, key) ? holder[key] : undefined),
    set: (value) => {
      holder[key] = value;
    },
    unset: () => {
      delete holder[key];
    },
  };
}

function elementOf(list: unknown[], key: string, path: string): Holder {
  const at = /^\d{1,6}$/.test(key) ? Number(key) : -1;
  if (at < 0 || at > list.length)
    throw misfit(path, `must name an element of the array by its number, at most ${list.length}`);
  return {
    get: () => list[at],
    set: (value) => {
      list[at] = value;
    },
    // The server leaves a hole of null, so that other elements keep their numbers.
    unset: () => {
      if (at < list.length) list[at] = null;
    },
  };
}

const eachOf = (operand: JsonValue): unknown[] =>
  isObject(operand) && isList(operand.$each) ? operand.$each.map(toBson) : [toBson(operand)];

function append(document: Document, path: string, values: readonly unknown[]): void {
  const place = holderOf(document, path);
  place.set([...listAt(place.get() ?? [], path), ...values]);
}

function listAt(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw misfit(path, 'is no array');
  return value;
}

/** Adds as the server does: int32 grows to int64, and anything with a double is a double. */
function sum(old: unknown, by: unknown, path: string): Int32 | Long | Double {
  if (old instanceof Double || by instanceof Double)
    return new Double(numberOf(old, path) + numberOf(by, path));
  const total = BigInt(numberText(old, path)) + BigInt(numberText(by, path));
  if (BigInt.asIntN(64, total) !== total) throw misfit(path, 'would leave the range of 64 bits');
  const isSmall = old instanceof Int32 && by instanceof Int32 && BigInt.asIntN(32, total) === total;
  return isSmall ? new Int32(Number(total)) : Long.fromBigInt(total);
}

const numberOf = (value: unknown, path: string): number =>
  value instanceof Double ? value.valueOf() : Number(numberText(value, path));

function numberText(value: unknown, path: string): string {
  if (value instanceof Int32 || value instanceof Long) return value.toString();
  throw misfit(path, 'is no number that can be counted up here');
}

const isSame = (one: unknown, other: unknown): boolean =>
  Buffer.compare(BSON.serialize({ v: one }), BSON.serialize({ v: other })) === 0;

const misfit = (path: string, why: string) =>
  new ToolError('query_failed', `${path.slice(0, 200)} ${why}; nothing was written`);
