import type { AuditBook } from '../audit-book.ts';
import { every } from '../every.ts';
import { indexChain } from './indexer.ts';

export interface IndexingSettings {
  readonly book: AuditBook;
  /** The chain of this process, and its last durable record; undefined while it has none. */
  own(): { readonly chain: string; readonly seq: number } | undefined;
  readonly everyMs: number;
  readonly onReport: (message: string) => void;
}

/** Makes the blocks of our own chain, and of those that nobody writes, while the process lives. */
export function keepIndexed({ book, own, everyMs, onReport }: IndexingSettings): () => Promise<void> {
  const closing = new AbortController();
  let isReported = false;
  const stop = every(everyMs, async () => {
    try {
      for (const chain of await book.chains()) {
        const mine = own();
        const isMine = mine?.chain === chain;
        if (!isMine && (await book.isLive(chain))) continue;
        await indexChain(book, chain, { signal: closing.signal, ...(isMine && { upTo: mine.seq }) });
        if (closing.signal.aborted) return;
      }
      isReported = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!isReported) onReport(`the audit could not be made quick to search: ${why}`);
      isReported = true;
    }
  });
  return async () => {
    closing.abort();
    await stop();
  };
}
