import { z } from 'zod';

/** Longest name of a collection together with its database, in bytes. */
const MOST_BYTES = 255;

/** What BSON keys cannot hold, or a JavaScript string cannot hand on faithfully: NUL and half a surrogate pair. */
export const isFaithful = (text: string): boolean => !/[\0\p{Cs}]/u.test(text);

/**
 * A collection of an application. The server's own (`system.*`) hold users, profiles and the buckets of time series.
 *
 * @see https://www.mongodb.com/docs/manual/reference/limits/#mongodb-limit-Restriction-on-Collection-Names
 */
export const CollectionName = z
  .string()
  .min(1)
  .refine(
    (name) => Buffer.byteLength(name) <= MOST_BYTES && isFaithful(name),
    `at most ${MOST_BYTES} bytes, without NUL`,
  )
  .refine((name) => !name.includes('$'), 'a name of a collection holds no $')
  .refine((name) => !/^system\./.test(name), 'collections of the server’s own cannot be reached');

/** A name, or the beginning of names with one * at its end. The * is no wildcard anywhere else. */
export const CollectionPattern = CollectionName.refine(
  (text) => text !== '*',
  'leave the list out to reach everything',
).refine(
  (text) => !text.slice(0, -1).includes('*'),
  'a * stands at the end alone: write the beginning of the names before it',
);

/** Whether a collection may be reached under a list of patterns; undefined leaves all open but the server's own. */
export const isReached = (patterns: readonly string[] | undefined, name: string): boolean =>
  CollectionName.safeParse(name).success &&
  (patterns === undefined || patterns.some((pattern) => fits(pattern, name)));

const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Databases that hold the server's accounts, its oplog and the cluster's configuration. */
const OWN_DATABASES: ReadonlySet<string> = new Set(['admin', 'local', 'config']);

/** Whether a name is one of an application's database, which has no dot. */
export const isDatabase = (name: string): boolean =>
  /^[\w-]{1,63}$/.test(name) && !OWN_DATABASES.has(name.toLowerCase());

/** A path to a field: names joined by dots, none of which begins with a $. */
export const FieldPath = z
  .string()
  .min(1)
  .max(1_000)
  .refine(isPlainPath, 'a path is field names joined by dots, none of which begins with $');

export function isPlainPath(path: string): boolean {
  return isFaithful(path) && path.split('.').every((part) => part !== '' && !part.startsWith('$'));
}
