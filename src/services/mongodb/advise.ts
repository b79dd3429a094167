import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { DatabaseEntry } from './connection.ts';

const READS = ['find', 'collStats', 'listIndexes'];
const WRITES = ['insert', 'update', 'remove', 'createIndex', 'dropIndex'];

/**
 * The least roles of a component's account, as commands of mongosh to run by hand in the database of accounts.
 * `USER` and `PASSWORD` are for the operator to fill in.
 *
 * @see https://www.mongodb.com/docs/manual/reference/method/db.createRole/
 */
export function advise(component: Component, access: Access): readonly string[] {
  const privileges = [...component.subs].flatMap(([database, entry]) =>
    privilegesOf(database, DatabaseEntry.parse(entry), access),
  );
  return [
    `db.createRole({role: "stackward", roles: [], privileges: ${JSON.stringify(privileges)}})`,
    'db.createUser({user: USER, pwd: PASSWORD, roles: ["stackward"], mechanisms: ["SCRAM-SHA-256"]})',
  ];
}

/** A privilege names one collection or all: where the topology has a beginning of names it can only be all. */
function privilegesOf(db: string, { collections }: DatabaseEntry, access: Access) {
  const actions = access === 'write' ? [...READS, ...WRITES] : READS;
  const isExact = collections !== undefined && !collections.some((pattern) => pattern.endsWith('*'));
  const names = isExact ? collections : [''];
  return [
    { resource: { db, collection: '' }, actions: ['listCollections'] },
    ...names.map((collection) => ({ resource: { db, collection }, actions })),
  ];
}
