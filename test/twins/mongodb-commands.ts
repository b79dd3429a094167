import { type Document, Long } from 'bson';
import type { Privilege } from './mongodb-privileges.ts';
import { evaluate, matches, tagged } from './mongodb-query.ts';
import {
  assertUnique,
  bytesOf,
  type Collection,
  exact,
  insertInto,
  type MongoState,
  Refusal,
} from './mongodb-state.ts';

/** What a command runs in. */
export interface Session {
  readonly state: MongoState;
  readonly database: string;
  /** Cursors that are open, with what they have not yet given. */
  readonly cursors: Map<string, Buffer[]>;
  /** Most bytes of one batch: 16 MiB at a real server. */
  readonly batchBytes: number;
  /** Roles of the account that is logged in. */
  readonly roles: readonly { readonly role: string; readonly db: string }[];
  /** What they let it do; undefined at a server where nobody has to log in. */
  readonly privileges: readonly Privilege[] | undefined;
}

type Command = (command: Document, session: Session) => Document;

/** Fields of each command besides those that every command has. A real server refuses all others with code 40415. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
  find: ['find', 'filter', 'projection', 'sort', 'skip', 'limit', 'batchSize'],
  aggregate: ['aggregate', 'pipeline', 'cursor', 'allowDiskUse'],
  explain: ['explain', 'verbosity'],
  listCollections: ['listCollections', 'filter', 'cursor', 'nameOnly'],
  listIndexes: ['listIndexes', 'cursor'],
  killCursors: ['killCursors', 'cursors'],
  connectionStatus: ['connectionStatus', 'showPrivileges'],
  insert: ['insert', 'documents', 'ordered', 'writeConcern'],
  update: ['update', 'updates', 'ordered', 'writeConcern'],
  delete: ['delete', 'deletes', 'ordered', 'writeConcern'],
  createIndexes: ['createIndexes', 'indexes', 'writeConcern'],
  dropIndexes: ['dropIndexes', 'index', 'writeConcern'],
};

const number = (value: unknown): number => Number(value ?? 0);
const plain = (value: unknown): unknown => tagged({ value }).value;

/** Runs what mingo evaluates; what it does not know, a server would not know either or it has no place here. */
function evaluated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(40324, 'Location40324', `the twin cannot evaluate it: ${String(error)}`, true);
  }
}

/** A batch that is full leaves its cursor open, as servers before 8.3 do even after the last document. */
function batchOf(documents: readonly Buffer[], on: string, size: unknown, session: Session): Document {
  const most = size === undefined ? 101 : number(size);
  let bytes = 0;
  let at = 0;
  for (; at < Math.min(most, documents.length); at += 1) {
    bytes += documents[at]?.length ?? 0;
    if (at > 0 && bytes > session.batchBytes) break;
  }
  const rest = documents.slice(at);
  const isOpen = rest.length > 0 || at === most;
  const id = !isOpen
    ? Long.ZERO
    : Long.fromString(`${7_000_000_000_000_000_000n + BigInt(session.cursors.size)}`);
  if (isOpen) session.cursors.set(id.toString(), [...rest]);
  const firstBatch = documents.slice(0, at);
  return { cursor: { id, ns: `${session.database}.${on}`, firstBatch }, ok: 1 };
}

const find: Command = (command, session) => {
  const { find: name, filter, projection, sort, skip, limit, batchSize } = command;
  const all = session.state.read(session.database, name);
  const found = evaluated(() => all.filter((bytes) => matches(tagged(exact(bytes)), filter ?? {})));
  const stages = [
    ...(sort ? [{ $sort: plain(sort) as Document }] : []),
    ...(skip ? [{ $skip: number(skip) }] : []),
    ...(limit ? [{ $limit: number(limit) }] : []),
    ...(projection ? [{ $project: plain(projection) as Document }] : []),
  ];
  // Only what is sorted or projected goes through mingo, so that other documents keep every type.
  const isPlain = !sort && !projection;
  const documents = isPlain
    ? found.slice(number(skip), limit ? number(skip) + number(limit) : undefined)
    : evaluated(() =>
        evaluate(
          found.map((bytes) => tagged(exact(bytes))),
          stages,
          () => [],
        ).map(bytesOf),
      );
  return batchOf(documents, name, batchSize, session);
};

const aggregate: Command = ({ aggregate: name, pipeline, cursor }, session) => {
  const [first] = pipeline;
  const documents = evaluated(() =>
    first?.$collStats ? [statsOf(session, name)] : session.state.aggregate(session.database, name, pipeline),
  );
  return batchOf(documents.map(bytesOf), name, cursor.batchSize, session);
};

/** @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/collStats/ */
function statsOf({ state, database }: Session, name: string): Document {
  const collection = state.database(database).get(name);
  if (collection?.type === 'view') throw new Refusal(166, 'CommandNotSupportedOnView', 'it is a view');
  const documents = collection?.documents ?? [];
  const size = documents.reduce((sum, bytes) => sum + bytes.length, 0);
  const indexSizes = Object.fromEntries((collection?.indexes ?? []).map((index) => [index.name, 4096]));
  const sizes = { size, count: documents.length, storageSize: 8192, totalIndexSize: 4096, indexSizes };
  return { ns: `${database}.${name}`, host: 'db-0.internal.example:27017', storageStats: sizes };
}

const explain: Command = ({ explain: command, verbosity }) => {
  const mode = String(verbosity);
  if (mode !== 'queryPlanner' && mode !== 'executionStats')
    throw new Refusal(9, 'FailedToParse', 'verbosity', true);
  const stats = {
    executionSuccess: true,
    nReturned: 1,
    executionTimeMillis: 0,
    totalKeysExamined: 0,
    totalDocsExamined: 1,
  };
  return {
    explainVersion: '1',
    queryPlanner: {
      namespace: 'shop.orders',
      parsedQuery: {},
      winningPlan: { stage: 'COLLSCAN', direction: 'forward' },
      rejectedPlans: [],
    },
    ...(mode === 'executionStats'
      ? { executionStats: { ...stats, executionStages: { stage: 'COLLSCAN' } } }
      : {}),
    command,
    serverInfo: { host: 'db-0.internal.example', port: 27017, version: '8.0.4' },
    ok: 1,
  };
};

const listCollections: Command = ({ filter, cursor }, session) => {
  const listed = [...session.state.database(session.database)]
    .map(([name, { type, options }]) => ({ name, type, options, info: { readOnly: type === 'view' } }))
    .filter((one) => matches(tagged(one), filter ?? {}));
  return batchOf(listed.map(bytesOf), '$cmd.listCollections', cursor?.batchSize, session);
};

function existing({ state, database }: Session, name: string): Collection {
  const found = state.database(database).get(name);
  if (!found) throw new Refusal(26, 'NamespaceNotFound', `ns does not exist: ${database}.${name}`);
  if (found.type === 'view') throw new Refusal(166, 'CommandNotSupportedOnView', 'it is a view');
  return found;
}

const listIndexes: Command = ({ listIndexes: name, cursor }, session) =>
  batchOf(existing(session, name).indexes.map(bytesOf), name, cursor?.batchSize, session);

const killCursors: Command = ({ cursors }, session) => {
  const ids = (cursors as Long[]).map(String);
  const killed = ids.filter((id) => session.cursors.delete(id));
  return { cursorsKilled: killed.map((id) => Long.fromString(id)), cursorsNotFound: [], ok: 1 };
};

const connectionStatus: Command = ({ showPrivileges }, { roles, privileges }) => ({
  authInfo: {
    authenticatedUsers: privileges ? [{ user: 'reader', db: 'admin' }] : [],
    authenticatedUserRoles: privileges ? roles : [],
    ...(showPrivileges ? { authenticatedUserPrivileges: privileges ?? [] } : {}),
  },
  ok: 1,
});

/** Runs statements in order until one fails, as `ordered: true` does. */
function each(statements: readonly Document[], run: (statement: Document) => number): Document {
  let n = 0;
  for (const [index, statement] of statements.entries())
    try {
      n += run(statement);
    } catch (error) {
      if (!(error instanceof Refusal) || error.isViolation) throw error;
      return { n, writeErrors: [{ index, code: error.code, errmsg: error.message }], ok: 1 };
    }
  return { n, ok: 1 };
}

const insert: Command = ({ insert: name, documents }, session) => {
  const { state, database } = session;
  const collection = state.database(database).get(name) ?? state.create(database, name);
  return each(documents, (document) => {
    insertInto(collection, bytesOf(document));
    return 1;
  });
};

function oneOf(collection: Collection, q: Document): Buffer | undefined {
  return evaluated(() => collection.documents.find((bytes) => matches(tagged(exact(bytes)), q)));
}

function strict(statement: Document, allowed: readonly string[]): void {
  const odd = Object.keys(statement).find((key) => !allowed.includes(key));
  if (odd) throw new Refusal(40415, 'IDLUnknownField', `BSON field '${odd}' is an unknown field.`, true);
}

const update: Command = ({ update: name, updates }, session) => {
  const result = each(updates, (statement) => {
    strict(statement, ['q', 'u', 'multi', 'upsert', 'collation']);
    if (Object.keys(statement.u).some((key) => key.startsWith('$')))
      throw new Refusal(9, 'FailedToParse', 'the twin replaces whole documents', true);
    const collection = existing(session, name);
    const found = oneOf(collection, statement.q);
    if (!found) return 0;
    const next = bytesOf(statement.u);
    assertUnique(collection, next, found);
    collection.documents[collection.documents.indexOf(found)] = next;
    return 1;
  });
  return { ...result, nModified: result.n };
};

const remove: Command = ({ delete: name, deletes }, session) =>
  each(deletes, (statement) => {
    strict(statement, ['q', 'limit', 'collation']);
    const collection = existing(session, name);
    const found = oneOf(collection, statement.q);
    if (found) collection.documents.splice(collection.documents.indexOf(found), 1);
    return found ? 1 : 0;
  });

/** The options of an index have no order. */
const sorted = (index: Document): Buffer =>
  bytesOf(Object.fromEntries(Object.entries(index).sort(([a], [b]) => (a < b ? -1 : 1))));

const createIndexes: Command = ({ createIndexes: name, indexes }, session) => {
  const collection = existing(session, name);
  const numIndexesBefore = collection.indexes.length;
  for (const index of indexes) {
    const same = collection.indexes.find((one) => one.name === index.name);
    const made = { v: 2, ...index };
    if (same && !sorted(same).equals(sorted(made)))
      throw new Refusal(86, 'IndexKeySpecsConflict', 'an index of that name exists');
    if (!same) collection.indexes.push(made);
  }
  const numIndexesAfter = collection.indexes.length;
  const note = numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {};
  return { numIndexesBefore, numIndexesAfter, ...note, ok: 1 };
};

const dropIndexes: Command = ({ dropIndexes: name, index }, session) => {
  const collection = existing(session, name);
  const at = collection.indexes.findIndex((one) => one.name === index);
  if (at < 0) throw new Refusal(27, 'IndexNotFound', `index not found with name [${index}]`);
  collection.indexes.splice(at, 1);
  return { nIndexesWas: collection.indexes.length + 1, ok: 1 };
};

export const COMMANDS: Readonly<Record<string, Command>> = {
  find,
  aggregate,
  explain,
  listCollections,
  listIndexes,
  killCursors,
  connectionStatus,
  insert,
  update,
  delete: remove,
  createIndexes,
  dropIndexes,
};
