import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../src/cli/demo/embedded-postgres.ts';

/** Starts a real PostgreSQL with `pg_stat_statements` and `dblink` at hand, in a temporary folder. */
export async function startPostgres() {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-postgres-'));
  const server = await startEmbeddedPostgres({
    dir,
    settings: { shared_preload_libraries: 'pg_stat_statements', max_connections: '200', fsync: 'off' },
  });
  return {
    access: { port: server.port, user: server.user, password: server.password },
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
