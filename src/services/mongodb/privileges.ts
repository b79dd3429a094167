import { z } from 'zod';
import type { Precheck } from '../../toolset/define.ts';
import type { Reading } from './tool.ts';
import type { Bounds } from './types.ts';
import type { Wire } from './wire.ts';

/** What a way back does, in MongoDB's words for privileges. */
export type Action = 'insert' | 'update' | 'remove' | 'createIndex' | 'dropIndex';

const Privilege = z.object({
  resource: z.object({
    db: z.string().optional(),
    collection: z.string().optional(),
    anyResource: z.boolean().optional(),
  }),
  actions: z.array(z.string()),
});
export type Privilege = z.output<typeof Privilege>;

const Status = z.object({
  authInfo: z.object({
    authenticatedUsers: z.array(z.unknown()),
    authenticatedUserPrivileges: z.array(Privilege),
  }),
});

/**
 * The privileges of who is logged in: `all` where nobody has to log in; undefined where the server does not say.
 * @see https://www.mongodb.com/docs/manual/reference/command/connectionStatus/
 */
export async function privilegesOf(
  wire: Wire,
  bounds: Bounds,
): Promise<readonly Privilege[] | 'all' | undefined> {
  const answer = Status.safeParse(await wire.read({ connectionStatus: 1, showPrivileges: true }, bounds));
  if (!answer.success) return undefined;
  const { authenticatedUsers: users, authenticatedUserPrivileges: privileges } = answer.data.authInfo;
  // A server that checks rights answers nobody who is not logged in; that it was read from shows that this one does not.
  return users.length === 0 ? 'all' : privileges;
}

/** Whether the account may do to a collection what a step needs. Throws ToolError. */
export async function rightsAhead(
  { client, target, limits, signal }: Reading,
  collection: string,
  needs: Iterable<Action>,
): Promise<Precheck> {
  const actions = [...new Set(needs)];
  if (actions.length === 0) return {};
  const place = `${target.sub}.${collection}`;
  const privileges = await client.privileges({ limits, signal });
  if (privileges === 'all') return {};
  if (!privileges)
    return {
      untried: [`whether the account has ${actions.join(', ')} on ${place}: the server does not say`],
    };
  const granted = new Set(
    privileges
      .filter(({ resource }) => covers(resource, target.sub ?? '', collection))
      .flatMap((one) => one.actions),
  );
  const missing = actions.filter((action) => !granted.has(action));
  if (missing.length === 0) return {};
  return {
    obstacles: [`the account lacks ${missing.join(', ')} on ${place}; stackward check prints what to give`],
  };
}

/**
 * An empty name stands for every one; the server's own collections, which it does not cover, are out of reach here.
 * @see https://www.mongodb.com/docs/manual/reference/resource-document/
 */
const covers = (
  { db, collection, anyResource }: Privilege['resource'],
  database: string,
  name: string,
): boolean =>
  anyResource === true ||
  (db !== undefined &&
    collection !== undefined &&
    (db === '' || db === database) &&
    (collection === '' || collection === name));
