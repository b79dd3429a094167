import type { AuditBook } from '../audit-book.ts';
import { parseAll } from '../read.ts';
import { indexChain } from './indexer.ts';

/** As many records are read as quickly as the blocks that would tell of them. */
const FEW = 5_000;

/**
 * Makes the blocks that are missing of chains that nobody writes, where many are: a server makes its own, and where none
 * runs nobody else would. Rejects when they cannot be kept, such as by one who may only read.
 * @param onBegin hears how many records are about to be looked through
 */
export async function indexEnded(book: AuditBook, onBegin: (records: number) => void): Promise<void> {
  for (const chain of await book.chains()) {
    if (await book.isLive(chain)) continue;
    const missing = (await lastSeq(book, chain)) - (await lastIndexed(book, chain));
    if (missing <= FEW) continue;
    onBegin(missing);
    await indexChain(book, chain, { pauseMs: 0 });
  }
}

async function lastSeq(book: AuditBook, chain: string): Promise<number> {
  for await (const lines of book.lines(chain, { reverse: true }))
    for (const { record } of parseAll(chain, lines)) return record.seq;
  return 0;
}

async function lastIndexed(book: AuditBook, chain: string): Promise<number> {
  for await (const { last } of book.blocks(chain)) return last;
  return 0;
}
