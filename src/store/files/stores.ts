import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openQuota } from '../quota.ts';
import type { Collection, Stores } from '../stores.ts';
import { openFileDocuments } from './documents.ts';
import { sweepLeftovers } from './durable-file.ts';
import { openFileFeed } from './feed.ts';
import { JSON_AND_MARKS, JSON_FILES, type Layout, ROLLBACKS, SHARDED } from './layout.ts';
import { openFileLeases } from './leases.ts';
import { openFileLogs } from './log.ts';

/** Where each collection lies below a data directory, as it did before there was another engine. */
const PLACES: Readonly<Record<Collection, { readonly folder: string; readonly layout: Layout }>> = {
  stack: { folder: '.', layout: JSON_FILES },
  approvals: { folder: 'approvals', layout: JSON_AND_MARKS },
  diagnoses: { folder: 'diagnoses', layout: JSON_AND_MARKS },
  versions: { folder: 'versions', layout: JSON_FILES },
  objects: { folder: 'objects', layout: SHARDED },
  rollbacks: { folder: 'rollbacks', layout: ROLLBACKS },
  alerts: { folder: 'triage/open', layout: JSON_FILES },
  breakers: { folder: 'breakers', layout: JSON_FILES },
  nonces: { folder: 'nonces', layout: JSON_FILES },
  topologies: { folder: 'topologies', layout: JSON_FILES },
  tokens: { folder: 'shared-tokens', layout: JSON_FILES },
};

/** The place for a rollback is held where it always was, so that a release before this one sees it. */
const leaseFolder = (name: string): string => (name === 'rollback' ? 'rollbacks' : join('leases', name));

/** The stores of a data directory: of one process, or of a few on one machine. */
export function openFileStores(dir: string): Stores {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // Hints reach this process alone; another one on the directory has to look.
  const hints = new EventEmitter().setMaxListeners(0);
  return {
    isShared: false,
    leases: openFileLeases((name) => join(dir, leaseFolder(name))),
    documents(collection) {
      const { folder, layout } = PLACES[collection];
      const documents = openFileDocuments(join(dir, folder), layout);
      // The data directory's own holds those of all others, each of which is swept when it is opened.
      if (folder !== '.') void sweepLeftovers(join(dir, folder));
      return documents;
    },
    runs: () => openFileLogs(join(dir, 'triage/runs')),
    feed: (markOf) => openFileFeed(join(dir, 'triage/feed.jsonl'), markOf),
    quota: (_kind, limit) => openQuota(limit),
    async tell(collection) {
      hints.emit(collection);
    },
    async hear(collection, hear) {
      hints.on(collection, hear);
      return async () => {
        hints.off(collection, hear);
      };
    },
    status: () => ({ isUp: true }),
    close: async () => {},
  };
}
