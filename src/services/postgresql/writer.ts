import type { ClientConfig } from 'pg';
import type { Endpoint, Opened } from '../../toolset/define.ts';
import type { WriteGrant } from '../../toolset/grant.ts';
import type { Database } from './types.ts';
import { beginTransaction, type PgWriter } from './writer/transaction.ts';

export type { PgWriter, TextRows } from './writer/transaction.ts';

/**
 * Opens the writing session of one granted call: a connection of its own that holds one transaction. Closing it
 * without a commit rolls everything back.
 *
 * @param config where the server is and who logs in, as for reading
 * @throws ToolError when the server cannot be reached or refuses the login
 */
export async function openWriter(
  endpoint: Endpoint,
  grant: WriteGrant,
  config: ClientConfig,
): Promise<Opened<PgWriter>> {
  const { schemas } = endpoint.entry as Database;
  const { client, close } = await beginTransaction({
    config: { ...config, application_name: `stackward ${grant.principal}`.slice(0, 63) },
    schemas,
    deadlineMs: endpoint.limits.deadlineMs,
  });
  const commit = async () => {
    // Statements went before, and locks may have been waited for: what allowed the write is looked at again.
    await grant.assertStands();
    await client.commit();
  };
  return { client: { ...client, commit }, close };
}

/** The same session on which nothing lasts: what would be final is checked as if it were, and rolled back on closing. */
export async function openRehearsal(...how: Parameters<typeof openWriter>): Promise<Opened<PgWriter>> {
  const { client, close } = await openWriter(...how);
  const commit = async () => {
    await client.run('SET CONSTRAINTS ALL IMMEDIATE');
  };
  return { client: { ...client, commit }, close };
}
