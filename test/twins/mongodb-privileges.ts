import type { Document } from 'bson';
import { Refusal } from './mongodb-state.ts';

/** @see https://www.mongodb.com/docs/manual/reference/resource-document/ */
export interface Privilege {
  readonly resource: { readonly db: string; readonly collection: string };
  readonly actions: readonly string[];
}

const OF_READ = ['collStats', 'dbHash', 'dbStats', 'find', 'killCursors', 'listCollections', 'listIndexes'];
const OF_WRITE = ['createCollection', 'createIndex', 'dropIndex', 'insert', 'remove', 'update'];

/** @see https://www.mongodb.com/docs/manual/reference/built-in-roles/ */
export const privilegesOf = (
  roles: readonly { readonly role: string; readonly db: string }[],
): readonly Privilege[] =>
  roles.flatMap(({ role, db }) => {
    const actions = role === 'readWrite' ? [...OF_READ, ...OF_WRITE] : role === 'read' ? OF_READ : [];
    return actions.length === 0 ? [] : [{ resource: { db, collection: '' }, actions }];
  });

const ACTIONS: Readonly<Record<string, string>> = {
  insert: 'insert',
  update: 'update',
  delete: 'remove',
  createIndexes: 'createIndex',
  dropIndexes: 'dropIndex',
};

/** Refuses a write that the account has no privilege for, as a server does before it looks at it. */
export function assertPrivileged(
  name: string,
  body: Document,
  {
    privileges,
    database,
  }: { readonly privileges: readonly Privilege[] | undefined; readonly database: string },
): void {
  const action = ACTIONS[name];
  if (action === undefined || !privileges) return;
  const may = privileges.some(
    ({ resource: { db, collection }, actions }) =>
      (db === '' || db === database) &&
      (collection === '' || collection === body[name]) &&
      actions.includes(action),
  );
  if (!may)
    throw new Refusal(
      13,
      'Unauthorized',
      `not authorized on ${database} to execute command { ${name}: "x" }`,
    );
}
