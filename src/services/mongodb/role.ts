import { z } from 'zod';
import type { Limits } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Wire } from './wire.ts';

const Status = z.object({
  authInfo: z.object({ authenticatedUserRoles: z.array(z.object({ role: z.string(), db: z.string() })) }),
});

/** Roles of the server's own that do no more than read or write documents of one database. */
const MODEST: ReadonlySet<string> = new Set(['read', 'readWrite']);
/** Those that a server comes with, all of which but the modest reach accounts, settings or every database. */
const BUILT_IN =
  /^(read|readWrite|dbAdmin|userAdmin|dbOwner|cluster(Admin|Manager|Monitor)|hostManager|backup|restore|(read|readWrite|dbAdmin|userAdmin)AnyDatabase|root|__system|directShardOperations|enableSharding)$/;

/**
 * What an operator should know of the account that a component logs in as: each role that can more than the tools need.
 * @see https://www.mongodb.com/docs/manual/reference/built-in-roles/
 */
export async function roleWarnings(wire: Wire, limits: Limits): Promise<readonly string[]> {
  const bounds = { limits, signal: AbortSignal.timeout(limits.deadlineMs) };
  const status = Status.safeParse(await wire.read({ connectionStatus: 1 }, bounds));
  if (!status.success) throw new ToolError('backend_failed', 'the server does not say who is logged in');
  return status.data.authInfo.authenticatedUserRoles
    .filter(({ role }) => BUILT_IN.test(role) && !MODEST.has(role))
    .map(
      ({ role, db }) =>
        `The account has the role ${role} on ${db}; take it away with db.revokeRolesFromUser.`,
    );
}
