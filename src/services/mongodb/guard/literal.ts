import { z } from 'zod';
import type { JsonObject, Place } from './place.ts';

const Int64 = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .refine((text) => BigInt.asIntN(64, BigInt(text)) === BigInt(text), 'out of the range of 64 bits');
const Int32 = z
  .string()
  .regex(/^-?\d{1,10}$/)
  .refine((text) => Number(text) === (Number(text) | 0), 'out of the range of 32 bits');
const Uint32 = z.int().min(0).max(0xffff_ffff);
const Double = z.string().regex(/^(-?Infinity|NaN|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/);
const Decimal = z.string().regex(/^(-?Infinity|NaN|[+-]?\d+(\.\d+)?([eE][+-]?\d{1,4})?)$/);

/**
 * The values that JSON lacks and that may be sent, each in just one form and without any other key. Code, pointers
 * into other databases and symbols are not among them.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
 */
const FORMS = {
  $oid: z.strictObject({ $oid: z.string().regex(/^[0-9a-fA-F]{24}$/) }),
  $date: z.strictObject({
    $date: z.union([z.iso.datetime({ offset: true }), z.strictObject({ $numberLong: Int64 })]),
  }),
  $numberLong: z.strictObject({ $numberLong: Int64 }),
  $numberInt: z.strictObject({ $numberInt: Int32 }),
  $numberDouble: z.strictObject({ $numberDouble: Double }),
  $numberDecimal: z.strictObject({ $numberDecimal: Decimal.max(60) }),
  $uuid: z.strictObject({ $uuid: z.guid() }),
  $binary: z.strictObject({
    $binary: z.strictObject({ base64: z.base64(), subType: z.string().regex(/^[0-9a-fA-F]{1,2}$/) }),
  }),
  $regularExpression: z.strictObject({
    $regularExpression: z.strictObject({
      pattern: z.string().regex(/^[^\0]*$/),
      options: z.string().regex(/^[imsxu]*$/),
    }),
  }),
  // The server replaces an empty timestamp by its own time.
  $timestamp: z.strictObject({ $timestamp: z.strictObject({ t: Uint32.min(1), i: Uint32 }) }),
  $minKey: z.strictObject({ $minKey: z.literal(1) }),
  $maxKey: z.strictObject({ $maxKey: z.literal(1) }),
} as const;
type Form = keyof typeof FORMS;

/** One value in its form, read once for the guard and for what is sent. */
export type Literal = { readonly [F in Form]: z.output<(typeof FORMS)[F]> }[Form];

const isForm = (key: string): key is Form => Object.hasOwn(FORMS, key);

/**
 * The value that an object stands for, undefined if it is an ordinary one.
 * Throws ToolError('query_refused') for one that begins like such a value and is none.
 */
export function literalOf(value: JsonObject, place: Place): Literal | undefined {
  const form = Object.keys(value).find(isForm);
  if (form === undefined) return undefined;
  const parsed = FORMS[form].safeParse(value);
  return parsed.success ? parsed.data : place.refuse(`not a ${form} of MongoDB Extended JSON, version 2`);
}
