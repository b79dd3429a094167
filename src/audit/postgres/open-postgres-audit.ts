import { StoreError } from '../../store/documents.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { AuditBook } from '../audit-book.ts';
import type { AuditLog } from '../audit-log.ts';
import { keepIndexed } from '../blocks/keep-indexed.ts';
import { ChainOpener } from '../chain-opener.ts';
import { keepCheckpoints } from '../checkpoint-keeper.ts';
import type { CheckpointCopies } from '../copies/checkpoint-copy.ts';
import { every } from '../every.ts';
import type { PublishedKeys, Signer } from '../keys.ts';
import { openPostgresBook } from './postgres-book.ts';
import { postgresChains } from './postgres-chains.ts';
import { SILENT_MS } from './replica.ts';
import { ReplicaLog } from './replica-log.ts';
import { tableCheckpoints } from './table-checkpoints.ts';

export interface PostgresAuditSettings {
  /** Signs for all replicas alike. */
  readonly signer: Signer;
  /** Those that may have signed: this one's, unless told otherwise. */
  readonly publicKeys?: () => Promise<PublishedKeys>;
  /** Where checkpoints over all chains are copied to. */
  readonly copies?: readonly CheckpointCopies[];
  /** Records between two signed checkpoints of the chain. */
  readonly checkpointEvery?: number;
  /** Milliseconds, and records of this replica, between two checkpoints over all chains. */
  readonly allEveryMs?: number;
  readonly allEveryRecords?: number;
  /** Milliseconds of silence after which a replica counts as dead. */
  readonly silentMs?: number;
  /** Milliseconds between two signs of life. */
  readonly beatMs?: number;
  /** Milliseconds that a sign of life may take before calls are refused. */
  readonly patienceMs?: number;
  /** Milliseconds after which a batch that the database has not confirmed counts as lost. */
  readonly batchMs?: number;
  /** Milliseconds between two looks for replicas that died. */
  readonly mendMs?: number;
  /** Hears what an operator should know. */
  readonly onReport?: (message: string) => void;
}

const DEFAULTS = {
  checkpointEvery: 1_000,
  allEveryMs: 30_000,
  allEveryRecords: 10_000,
  silentMs: SILENT_MS,
  beatMs: 250,
  patienceMs: 500,
  batchMs: 1_500,
  mendMs: 5_000,
  indexMs: 10_000,
} as const;

/**
 * Opens the audit of one replica in a PostgreSQL whose schema is migrated: the log to write it, and the book to read it.
 *
 * The database should be a pool of the audit's own, so that a record waits for nobody else's statement; it is the
 * caller's to close, after the log. Rejects with StoreError when it is away, or does not keep text as UTF-8.
 */
export async function openPostgresAudit(
  database: Database,
  settings: PostgresAuditSettings,
): Promise<{ readonly log: AuditLog; readonly book: AuditBook }> {
  const all = { ...DEFAULTS, copies: [], onReport: () => {}, ...settings };
  const { signer, silentMs, onReport } = all;
  await assertUtf8(database);
  const at = { database, silentMs, batchMs: all.batchMs };
  const log = await ReplicaLog.open({
    opener: new ChainOpener(postgresChains(at), all, signer),
    beatMs: all.beatMs,
    patienceMs: all.patienceMs,
  });
  const ownKey = async () => ({ keys: new Map([[signer.key, signer.publicKey]]), damaged: [] });
  const book = openPostgresBook(at, all.publicKeys ?? ownKey);
  const stopMending = every(all.mendMs, () => log.mendOthers(silentMs));
  const stopIndexing = keepIndexed({ book, own: () => log.head(), everyMs: all.indexMs, onReport });
  const stopKeeping = keepCheckpoints({
    add: tableCheckpoints({ at, signer, onReport }),
    lastSeq: () => log.status().lastSeq,
    everyMs: all.allEveryMs,
    everyRecords: all.allEveryRecords,
    copies: all.copies,
    onReport,
  });
  return {
    book,
    log: {
      append: (record) => log.append(record),
      status: () => log.status(),
      async close() {
        await Promise.all([stopMending(), stopIndexing()]);
        await log.close();
        await stopKeeping();
      },
    },
  };
}

/** In another encoding the database would store other bytes than those that are hashed. */
async function assertUtf8(database: Database): Promise<void> {
  const [row] = await database.query<{ encoding: string }>(
    `select current_setting('server_encoding') as encoding`,
  );
  if (row?.encoding !== 'UTF8')
    throw new StoreError(
      `the database keeps text as ${row?.encoding}; make one with encoding UTF8 for the audit`,
    );
}
