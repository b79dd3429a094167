import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Collection, Stores } from '../stores.ts';
import { type Database, type DatabaseSettings, openDatabase } from './database.ts';
import { openPostgresDocuments } from './documents.ts';
import { openPostgresLeases } from './leases.ts';
import { openPostgresFeed, openPostgresLogs } from './log.ts';
import { assertMigrated, migrate } from './migrate.ts';
import { openPostgresQuota } from './quota.ts';
import { watchDatabase } from './watch.ts';

export interface SharedStores extends Stores {
  readonly database: Database;
}

/**
 * The stores of a PostgreSQL, brought up to this release's schema unless `migrates` is false. Throws StoreError when it
 * is away, or when its schema is not one that this release works on.
 */
export async function openPostgresStores({
  migrates,
  ...settings
}: Pick<DatabaseSettings, 'url' | 'schema'> & { readonly migrates: boolean }): Promise<SharedStores> {
  const database = await openDatabase(settings);
  const probe = await openDatabase({ ...settings, connections: 1, patienceMs: 900 });
  try {
    if (migrates) await migrate(database, settings.schema);
    else await assertMigrated(database);
  } catch (error) {
    await Promise.all([database.close(), probe.close()]);
    throw error;
  }
  const watch = watchDatabase(database, probe);
  const { guarded } = watch;
  return {
    isShared: true,
    database: guarded,
    leases: openPostgresLeases(guarded, {
      at: `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`,
    }),
    documents: (collection) => openPostgresDocuments(guarded, collection),
    runs: () => openPostgresLogs(guarded, 'run'),
    feed: () => openPostgresFeed(guarded),
    quota: (kind, limit) => openPostgresQuota(guarded, kind, limit),
    tell: async (collection) => {
      await guarded.query(`notify ${channelOf(collection)}`);
    },
    hear: (collection, hear) => guarded.listen(channelOf(collection), hear),
    status: watch.status,
    async close() {
      await watch.close();
      await database.close();
    },
  };
}

/** A collection is a name of ours, never one that came from outside. */
const channelOf = (collection: Collection): string => `stackward_${collection}`;
