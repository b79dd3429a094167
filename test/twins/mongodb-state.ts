import { BSON, type Document } from 'bson';
import { evaluate, matches, tagged } from './mongodb-query.ts';

/** An error as a server answers it. `isViolation`: a real server knows none of this, and no client may send it. */
export class Refusal extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly isViolation: boolean;
  constructor(code: number, codeName: string, message: string, isViolation = false) {
    super(message);
    this.code = code;
    this.codeName = codeName;
    this.isViolation = isViolation;
  }
}

export interface Collection {
  type: 'collection' | 'view' | 'timeseries';
  options: Document;
  /** Each document's BSON. */
  documents: Buffer[];
  indexes: Document[];
}

const EXACT = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;
export const exact = (bytes: Uint8Array): Document => BSON.deserialize(bytes, EXACT);
export const bytesOf = (document: Document): Buffer => Buffer.from(BSON.serialize(document));

/** The databases of a server. */
export class MongoState {
  readonly #databases = new Map<string, Map<string, Collection>>();

  database(name: string): Map<string, Collection> {
    const found = this.#databases.get(name) ?? new Map<string, Collection>();
    this.#databases.set(name, found);
    return found;
  }

  /** Makes a collection, or a view with `viewOn` and `pipeline`. */
  create(database: string, name: string, options: Document = {}): Collection {
    const type = options.viewOn ? 'view' : options.timeseries ? 'timeseries' : 'collection';
    const indexes = type === 'collection' ? [{ v: 2, key: { _id: 1 }, name: '_id_' }] : [];
    const made: Collection = { type, options, documents: [], indexes };
    this.database(database).set(name, made);
    return made;
  }

  /** Puts documents as they are given, as somebody else would. */
  put(database: string, name: string, ...documents: Document[]): void {
    const collection = this.database(database).get(name) ?? this.create(database, name);
    for (const document of documents) insertInto(collection, bytesOf(document));
  }

  /** Every document of a collection, exactly: canonical Extended JSON, sorted as text. */
  dump(database: string, name: string): string[] {
    const documents = this.database(database).get(name)?.documents ?? [];
    return documents.map((bytes) => BSON.EJSON.stringify(exact(bytes), { relaxed: false })).sort();
  }

  /** The documents of a collection or view; none for one that is not there. */
  read(database: string, name: string): Buffer[] {
    const found = this.database(database).get(name);
    if (found?.type !== 'view') return found?.documents ?? [];
    const { viewOn, pipeline } = found.options;
    return this.aggregate(database, viewOn, pipeline ?? []).map((document) => bytesOf(document));
  }

  aggregate(database: string, name: string, pipeline: Document[]): Document[] {
    const documents = this.read(database, name).map((bytes) => tagged(exact(bytes)));
    const others = (other: string) => this.read(database, other).map((bytes) => tagged(exact(bytes)));
    return evaluate(documents, pipeline, others);
  }
}

/** Throws Refusal 11000 where a unique index, or that of `_id`, holds the values already. */
export function insertInto(collection: Collection, bytes: Buffer): void {
  assertUnique(collection, bytes, undefined);
  collection.documents.push(bytes);
}

export function assertUnique(collection: Collection, bytes: Buffer, except: Buffer | undefined): void {
  const document = tagged(exact(bytes));
  for (const { key, unique, name } of collection.indexes) {
    if (!unique && name !== '_id_') continue;
    const wanted = Object.fromEntries(Object.keys(key).map((field) => [field, document[field] ?? null]));
    const twin = collection.documents.find((one) => one !== except && matches(tagged(exact(one)), wanted));
    if (twin)
      throw new Refusal(11000, 'DuplicateKey', `E11000 duplicate key error index: ${name} dup key: secret`);
  }
}
