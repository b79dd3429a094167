import type { Lease } from './leases.ts';

/** What a collection holds under one key. */
export interface StoredText {
  readonly key: string;
  readonly text: string;
}

/**
 * Texts under keys, as everything but the audit is kept: requests and answers, versions, objects, rollbacks.
 *
 * Two engines: files of a data directory, and a table of PostgreSQL. What they share is that a text is there whole or
 * not at all, that of two who create one key exactly one succeeds, and that whatever returned survives a crash. A
 * key is `[a-z0-9._-]`, at most 128 characters. Every method rejects with StoreError when the store is away.
 */
export interface Documents {
  /** Stores a text under a key that is free. False, changing nothing, when the key is taken. */
  create(key: string, text: string): Promise<boolean>;
  /**
   * Stores a text, in place of what was there. With a lease, only while that is held: it rejects with LeaseLost,
   * changing nothing, once somebody else may hold it.
   */
  replace(key: string, text: string, under?: { readonly lease: Lease }): Promise<void>;
  /** Undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  /** Those of some keys that are there, by key. */
  readMany(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  has(key: string): Promise<boolean>;
  /** Every key, or those of a range, in the order of their characters. */
  keys(range?: KeyRange): Promise<readonly string[]>;
  /** The least key; undefined when there is none. */
  first(): Promise<string | undefined>;
  /** The greatest key; undefined when there is none. */
  last(): Promise<string | undefined>;
  /** Everything, in the order of the keys: for collections that stay small. */
  all(): Promise<readonly StoredText[]>;
  /** Removes what is there; nothing when nothing is. */
  remove(key: string): Promise<void>;
  /** Makes what is there as if it were stored this moment. False when nothing is there. */
  touch(key: string): Promise<boolean>;
  /** The keys of what was neither stored nor touched within so many milliseconds, by the store's own clock. */
  stale(ms: number): Promise<readonly string[]>;
  /** Removes what is stale, in one step with the look at it. False, removing nothing, when it is not, or not there. */
  removeStale(key: string, ms: number): Promise<boolean>;
}

/** Keys from one on, and those before another. */
export interface KeyRange {
  readonly from?: string;
  readonly before?: string;
}

/** The store could not do what it was asked; whether it did is not known. Its message holds nothing of a credential. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

const KEY = /^[a-z0-9._-]{1,128}$/;

export const isKey = (key: string): boolean => KEY.test(key) && !key.startsWith('.');

/** Throws a TypeError for a key that could lead out of its collection. */
export function assertKey(key: string): void {
  if (!isKey(key)) throw new TypeError('a key is [a-z0-9._-], 1 to 128 characters, and begins with no dot');
}
