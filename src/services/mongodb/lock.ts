import { BSONSymbol, Code, DBRef, type Document } from 'mongodb';
import { CONDITIONS, CONNECTIVES, EXPRESSIONS, PARTS, STAGES, VARIABLES } from './guard/vocabulary.ts';
import { isReached } from './names.ts';

/** The fields of each command that may leave. The first is the command's own name. */
const READING: Readonly<Record<string, readonly string[]>> = {
  find: ['find', 'filter', 'projection', 'sort', 'skip', 'limit', 'batchSize', 'maxTimeMS'],
  aggregate: ['aggregate', 'pipeline', 'cursor', 'maxTimeMS', 'allowDiskUse'],
  explain: ['explain', 'verbosity', 'maxTimeMS'],
  listCollections: ['listCollections', 'filter', 'cursor', 'nameOnly', 'maxTimeMS'],
  listIndexes: ['listIndexes', 'cursor', 'maxTimeMS'],
  killCursors: ['killCursors', 'cursors'],
  connectionStatus: ['connectionStatus', 'showPrivileges', 'maxTimeMS'],
};
const WRITING: Readonly<Record<string, readonly string[]>> = {
  ...READING,
  insert: ['insert', 'documents', 'ordered', 'writeConcern', 'maxTimeMS'],
  update: ['update', 'updates', 'ordered', 'writeConcern', 'maxTimeMS'],
  delete: ['delete', 'deletes', 'ordered', 'writeConcern', 'maxTimeMS'],
  createIndexes: ['createIndexes', 'indexes', 'writeConcern', 'maxTimeMS'],
  dropIndexes: ['dropIndexes', 'index', 'writeConcern', 'maxTimeMS'],
};
const PARTS_OF_WRITES: Readonly<Record<string, readonly string[]>> = {
  updates: ['q', 'u', 'multi', 'upsert', 'collation'],
  deletes: ['q', 'limit', 'collation'],
};

/** What one connection may send: commands of one kind, on the collections of one target. */
export interface Lock {
  readonly access: 'read' | 'write';
  /** Collections that the target reaches; all but the server's own if undefined. */
  readonly collections: readonly string[] | undefined;
}

/** Of the database as a whole, whose collections are sorted out afterwards. */
const OF_LISTING = '$cmd.listCollections';

/** `$collStats` is built by a tool, never from a caller's words; the guard does not know it. */
const OPERATORS = [STAGES, EXPRESSIONS, CONDITIONS, CONNECTIVES, PARTS, new Set(['$collStats'])];
const isKnown = (key: string): boolean => OPERATORS.some((set) => set.has(key));

/**
 * The last lock before bytes leave, on the command as it will be sent: whatever a tool or a guard lets through, no
 * unknown command, field, operator, type or collection passes here. Throws TypeError.
 */
export function assertUnlocked(command: Document, lock: Lock): void {
  const [name = ''] = Object.keys(command);
  const known = lock.access === 'read' ? READING : WRITING;
  const fields = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!fields || Object.keys(command).some((field) => !fields.includes(field)))
    throw locked(`command ${name}`);
  if (name === 'explain') {
    assertUnlocked(explainedOf(command), { ...lock, access: 'read' });
    return;
  }
  const isWhole =
    ['listCollections', 'connectionStatus'].includes(name) || command.killCursors === OF_LISTING;
  if (!isWhole) assertReached(command[name], lock);
  if (name === 'dropIndexes' && (typeof command.index !== 'string' || command.index === '*'))
    throw locked('dropping more than one index');
  for (const [field, value] of Object.entries(command)) assertField(field, value, lock);
}

function explainedOf({ explain }: Document): Document {
  const [name = ''] = Object.keys(explain ?? {});
  if (name !== 'find' && name !== 'aggregate') throw locked(`explaining ${name}`);
  return explain;
}

function assertField(field: string, value: unknown, lock: Lock): void {
  // Documents to insert and indexes as they were are data, which may hold anything.
  if (field === 'documents' || field === 'indexes') return;
  const parts = PARTS_OF_WRITES[field];
  if (!parts) assertKnown(value, lock);
  else if (Array.isArray(value)) for (const statement of value) assertStatement(statement, parts, lock);
  else throw locked(`${field} in another form`);
}

/** A write names one document by its `_id`, replaces or deletes that one alone, and inserts nothing on the way. */
function assertStatement(statement: Document, parts: readonly string[], lock: Lock): void {
  if (Object.keys(statement).some((key) => !parts.includes(key))) throw locked('a field of a write');
  const isOne = statement.limit === 1 || (statement.multi === false && statement.upsert === false);
  if (!isOne || !('_id' in statement.q)) throw locked('a write of more than one document');
  if (Array.isArray(statement.u)) throw locked('an update by a pipeline');
  if (statement.u && Object.keys(statement.u).some((key) => key.startsWith('$')))
    throw locked('an update by operators');
  assertKnown(statement.q, lock);
}

function assertReached(name: unknown, lock: Lock): void {
  if (typeof name !== 'string' || !isReached(lock.collections, name))
    throw locked('a collection of another target');
}

function assertKnown(value: unknown, lock: Lock): void {
  if (Array.isArray(value)) for (const item of value) assertKnown(item, lock);
  else if (typeof value === 'string') assertVariable(value);
  else if (value instanceof Code || value instanceof DBRef || value instanceof BSONSymbol)
    throw locked('a value of that type');
  else if (typeof value === 'object' && value !== null && !isValue(value))
    for (const [key, item] of Object.entries(value)) assertEntry(key, item, lock);
}

/** A type of BSON says so by its class; an object that says so by a field of its own is a forgery. */
function isValue(value: object): boolean {
  if (Object.hasOwn(value, '_bsontype')) throw locked('a forged type');
  return '_bsontype' in value || value instanceof Date;
}

function assertEntry(key: string, item: unknown, lock: Lock): void {
  if (key.startsWith('$') && !isKnown(key)) throw locked(`operator ${key}`);
  if (key === '$lookup' || key === '$graphLookup') assertReached(Object(item).from, lock);
  if (key === '$unionWith') assertReached(typeof item === 'string' ? item : Object(item).coll, lock);
  if (key !== '$literal') assertKnown(item, lock);
}

/** Text with two $ may be data; only that which names a variable of the system is looked at. */
function assertVariable(text: string): void {
  const name = /^\$\$([A-Z_]+)(\.|$)/.exec(text)?.[1];
  if (name !== undefined && !VARIABLES.has(name)) throw locked(`variable ${name}`);
}

const locked = (what: string): TypeError =>
  new TypeError(`this connection does not send ${what.slice(0, 200)}`);
