/** How the documents of one collection are named on the disk. */
export interface Layout {
  /** Path of a key's file below the collection's folder. */
  fileOf(key: string): string;
  /** The key of a file's name; undefined for what is none of the collection's, such as a file half written. */
  keyOf(name: string): string | undefined;
  /** Whether the files lie in folders named after the first two characters of their keys. */
  readonly isSharded: boolean;
}

const without = (name: string, suffix: string): string | undefined =>
  name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : undefined;

/** `KEY.json` */
export const JSON_FILES: Layout = {
  isSharded: false,
  fileOf: (key) => `${key}.json`,
  keyOf: (name) => without(name, '.json'),
};

/** `rN.json`: the folder of rollbacks also holds who rolls back. */
export const ROLLBACKS: Layout = {
  ...JSON_FILES,
  keyOf: (name) => (/^r\d+\.json$/.test(name) ? name.slice(0, -'.json'.length) : undefined),
};

/** `KEY.json`, and marks `ID.used` or `ID.1.used` as they are: what was spent before this release stays spent. */
export const JSON_AND_MARKS: Layout = {
  isSharded: false,
  fileOf: (key) => (key.endsWith('.used') ? key : `${key}.json`),
  keyOf: (name) => (name.endsWith('.used') ? name : without(name, '.json')),
};

/** `ab/abcd...`, for very many. */
export const SHARDED: Layout = {
  isSharded: true,
  fileOf: (key) => `${key.slice(0, 2)}/${key}`,
  keyOf: (name) => (/^[0-9a-f]{64}$/.test(name) ? name : undefined),
};
