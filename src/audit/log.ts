import { mkdir } from 'node:fs/promises';
import type { AuditBook } from './audit-book.ts';
import type { AuditLog } from './audit-log.ts';
import { keepIndexed } from './blocks/keep-indexed.ts';
import { ChainOpener } from './chain-opener.ts';
import { keepCheckpoints } from './checkpoint-keeper.ts';
import type { CheckpointCopies } from './copies/checkpoint-copy.ts';
import { every } from './every.ts';
import { openFileBook } from './file-book.ts';
import { fileChains } from './file-chains.ts';
import { fileCheckpoints } from './file-checkpoints.ts';
import { openSigner } from './keys.ts';
import type { OpenSegment } from './segments.ts';

/** How often chains are looked for whose process died meanwhile, in milliseconds. */
const MEND_MS = 30_000;
/** How often what was recorded is looked through for searches, in milliseconds. */
const INDEX_MS = 10_000;

export interface AuditLogOptions {
  /** The audit's folder; made when it is not there. Several processes may share it. */
  readonly dir: string;
  /** Records between two signed checkpoints. */
  readonly checkpointEvery?: number;
  /** Free bytes of the disk below which nothing new is recorded. */
  readonly reserveBytes?: number;
  /** Size in bytes at which a segment is full. */
  readonly maxSegmentBytes?: number;
  /** Milliseconds, and records, between two checkpoints over all chains. */
  readonly allEveryMs?: number;
  readonly allEveryRecords?: number;
  /** Where those are copied to. */
  readonly copies?: readonly CheckpointCopies[];
  /** Hears what an operator should know: a torn tail, a damaged chain, a disk that fails and recovers. */
  readonly onReport?: (message: string) => void;
  /** Opens a segment's file; for tests that count flushes or make them fail. */
  readonly open?: OpenSegment;
}

/**
 * Opens the audit log for writing: the lowest chain that no living process holds, or a new one.
 *
 * Every chain whose process died is mended first, and later every half minute: a torn tail is set aside and
 * recorded as event `torn_tail`, and each request without a response gets one with the outcome `outcome_unknown`.
 * A chain broken as no crash breaks it is reported and left as it is. Throws when the folder cannot be used.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const settings = {
    checkpointEvery: 1000,
    reserveBytes: 64 * 1024 * 1024,
    maxSegmentBytes: 256 * 1024 * 1024,
    allEveryMs: 30_000,
    allEveryRecords: 10_000,
    copies: [],
    onReport: () => {},
    ...options,
  };
  const { dir, onReport } = settings;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const signer = await openSigner(dir);
  const opener = new ChainOpener(fileChains(settings), settings, signer);
  const own = (await opener.openLowest()) ?? (await opener.openNew());
  const { chain } = own.status();
  const stopMending = every(MEND_MS, () => opener.mendOthers(chain));
  const stopIndexing = keepIndexed({
    book: openFileBook(dir),
    own: () => ({ chain, seq: own.position().seq }),
    everyMs: INDEX_MS,
    onReport,
  });
  const stopKeeping = keepCheckpoints({
    add: fileCheckpoints({ dir, signer, own: () => ({ chain, ...own.position() }) }),
    lastSeq: () => own.status().lastSeq,
    everyMs: settings.allEveryMs,
    everyRecords: settings.allEveryRecords,
    copies: settings.copies,
    onReport,
  });
  return {
    append: (record) => own.append(record),
    status: () => own.status(),
    close: async () => {
      await Promise.all([stopMending(), stopIndexing()]);
      await own.close();
      await stopKeeping();
    },
  };
}

/** Opens the audit of a folder: the log to write it, and the book to read it. */
export async function openFileAudit(
  options: AuditLogOptions,
): Promise<{ readonly log: AuditLog; readonly book: AuditBook }> {
  return { log: await openAuditLog(options), book: openFileBook(options.dir) };
}
