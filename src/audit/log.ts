import { mkdir } from 'node:fs/promises';
import type { AuditBook } from './audit-book.ts';
import type { AuditLog } from './audit-log.ts';
import { ChainOpener } from './chain-opener.ts';
import { openFileBook } from './file-book.ts';
import { fileChains } from './file-chains.ts';
import { openSigner } from './keys.ts';
import type { OpenSegment } from './segments.ts';

/** How often chains are looked for whose process died meanwhile, in milliseconds. */
const MEND_MS = 30_000;

export interface AuditLogOptions {
  /** The audit's folder; made when it is not there. Several processes may share it. */
  readonly dir: string;
  /** Records between two signed checkpoints. */
  readonly checkpointEvery?: number;
  /** Free bytes of the disk below which nothing new is recorded. */
  readonly reserveBytes?: number;
  /** Size in bytes at which a segment is full. */
  readonly maxSegmentBytes?: number;
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
    onReport: () => {},
    ...options,
  };
  await mkdir(settings.dir, { recursive: true, mode: 0o700 });
  const signer = await openSigner(settings.dir);
  const opener = new ChainOpener(fileChains(settings), settings, signer);
  const own = (await opener.openLowest()) ?? (await opener.openNew());
  const stopMending = repeat(MEND_MS, () => opener.mendOthers(own.status().chain));
  return {
    append: (record) => own.append(record),
    status: () => own.status(),
    close: async () => {
      await stopMending();
      await own.close();
    },
  };
}

/** Opens the audit of a folder: the log to write it, and the book to read it. */
export async function openFileAudit(
  options: AuditLogOptions,
): Promise<{ readonly log: AuditLog; readonly book: AuditBook }> {
  return { log: await openAuditLog(options), book: openFileBook(options.dir) };
}

/** Runs a task again and again until the function that is returned is called, which waits for a run to end. */
function repeat(everyMs: number, task: () => Promise<void>): () => Promise<void> {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(task);
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}
