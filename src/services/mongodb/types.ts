import type { JsonValue, Limits } from '../../toolset/define.ts';
import type { ToolError } from '../../toolset/errors.ts';
import type { JsonObject } from './guard/place.ts';
import type { Privilege } from './privileges.ts';
import type { ScopedCollection } from './scope.ts';

/** What bounds one command. Aborting the signal closes its connection, which ends it in the server too. */
export interface Bounds {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** Documents as JSON, in which values that JSON lacks are written as MongoDB's relaxed Extended JSON. */
export interface Documents {
  readonly documents: readonly JsonValue[];
  /** Whether the server had more. */
  readonly isCut: boolean;
}

/** What the server says of one collection or view; `pipeline` and `viewOn` are of a view. */
export interface CollectionInfo {
  readonly name: string;
  readonly type: 'collection' | 'view' | 'timeseries' | 'other';
  readonly viewOn?: string;
  readonly pipeline?: JsonValue;
  readonly isCapped: boolean;
  readonly isEncrypted: boolean;
  /** Whether the server refuses documents that do not pass a validation. */
  readonly validates: boolean;
}

/** A find that the guard allowed. */
export interface FindAsk {
  readonly on: ScopedCollection;
  readonly filter: JsonObject;
  readonly projection?: JsonObject;
  readonly sort?: JsonObject;
  readonly skip?: number;
  /** The most documents to fetch. */
  readonly rows: number;
}

/** An aggregation that the guard allowed. */
export interface AggregateAsk {
  readonly on: ScopedCollection;
  readonly pipeline: readonly JsonValue[];
  readonly rows: number;
}

export type ExplainAsk = FindAsk | AggregateAsk;

/** The reading client of one database; it serves many calls at once. Every method throws ToolError. */
export interface MongoReader {
  /** Collections and views by these names, or all of them, reached or not. */
  collections(
    names: readonly string[] | undefined,
    bounds: Bounds,
  ): Promise<{ readonly collections: readonly CollectionInfo[]; readonly isCut: boolean }>;
  find(ask: FindAsk, bounds: Bounds): Promise<Documents>;
  aggregate(ask: AggregateAsk, bounds: Bounds): Promise<Documents>;
  /** What the planner says; it runs the query only for `executionStats`. */
  explain(ask: ExplainAsk, verbosity: 'queryPlanner' | 'executionStats', bounds: Bounds): Promise<JsonValue>;
  indexes(on: ScopedCollection, bounds: Bounds): Promise<Documents>;
  /** What the account may do: `all` where nobody logs in; undefined where the server does not say. */
  privileges(bounds: Bounds): Promise<readonly Privilege[] | 'all' | undefined>;
}

/** One document, exactly: its BSON in base64. */
export type Image = string;

/** One document before and after a change; null where there is none. */
export interface Step {
  readonly from: Image | null;
  readonly to: Image | null;
}

/** How far a row of steps came. */
export interface Applied {
  /** Steps that were carried out here: just so many, from the first on. */
  readonly done: number;
  /** Why the next one was not; absent when all were. */
  readonly refused?: ToolError;
}

/** The writing client of one granted call. Every method throws ToolError; `outcome_unknown` if it may have happened. */
export interface MongoWriter extends Pick<MongoReader, 'collections' | 'indexes'> {
  /** Whether a mongos answers, behind which an `_id` may be there twice. */
  readonly isSharded: boolean;
  /** The documents that a filter matches. `conflict` when there are more, or one that could not be written back. */
  images(on: ScopedCollection, filter: JsonObject, most: number, bounds: Bounds): Promise<readonly Image[]>;
  /** What is there now under the `_id` of each of these, null where nothing is. */
  current(on: ScopedCollection, images: readonly Image[], bounds: Bounds): Promise<readonly (Image | null)[]>;
  /** Documents to insert, each with its `_id`, made here where the caller gave none. */
  imagesOf(documents: readonly JsonObject[]): readonly Image[];
  /** Documents after an update that the guard allowed, worked out here. `query_failed` where it does not fit. */
  updated(images: readonly Image[], update: JsonObject): readonly Image[];
  /** The `_id` of a document as JSON. */
  idOf(image: Image): JsonValue;
  /** Carries out steps one by one, each only while its document is as `from` says, up to the first that is not done. */
  apply(on: ScopedCollection, steps: readonly Step[], bounds: Bounds): Promise<Applied>;
  /** An index as the server will list it: a value of Extended JSON has more than one form. */
  asStored(index: JsonObject): JsonValue;
  /** `conflict` where it is there already. */
  createIndex(on: ScopedCollection, index: JsonObject, bounds: Bounds): Promise<void>;
  dropIndex(on: ScopedCollection, name: string, bounds: Bounds): Promise<void>;
  /** One index exactly, undefined if there is none of that name. */
  indexImage(on: ScopedCollection, name: string, bounds: Bounds): Promise<Image | undefined>;
  /** Makes an index as it was. */
  restoreIndex(on: ScopedCollection, image: Image, bounds: Bounds): Promise<void>;
}
