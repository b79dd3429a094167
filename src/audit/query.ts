import type { AuditBook } from './audit-book.ts';
import { type SearchStep, searchChain } from './blocks/search.ts';
import { type AuditFilter, matcher } from './matcher.ts';
import { mergeByTime } from './merge.ts';
import { readRecords } from './read.ts';
import { type AuditView, Pairing } from './views.ts';

export interface QueryOptions {
  /** The most views to give; all when left out. */
  readonly limit?: number;
  /** `newest` (by when a call began) unless told otherwise; `oldest` is by when it ended, open calls last. */
  readonly order?: 'newest' | 'oldest';
}

/** Finds calls and events. Streams: only calls whose other half has not come by yet are kept in memory. */
export async function* queryAudit(
  book: AuditBook,
  filter: AuditFilter = {},
  { limit = Number.POSITIVE_INFINITY, order = 'newest' }: QueryOptions = {},
): AsyncGenerator<AuditView> {
  let left = limit;
  if (left <= 0) return;
  for await (const view of order === 'newest' ? newestFirst(book, filter) : oldestFirst(book, filter)) {
    yield view;
    left -= 1;
    if (left <= 0) return;
  }
}

/** The same, newest first, step by step: for who has to stop after a while, or to tell how far it is. */
export async function* scanAudit(book: AuditBook, filter: AuditFilter = {}): AsyncGenerator<SearchStep> {
  const chains = (await book.chains()).filter((chain) => (filter.chain ?? chain) === chain);
  const searches = chains.map((chain) => searchChain(book, chain, filter));
  yield* mergeByTime(searches, ({ time }) => time, true);
}

async function* newestFirst(book: AuditBook, filter: AuditFilter): AsyncGenerator<AuditView> {
  for await (const { view } of scanAudit(book, filter)) if (view) yield view;
}

async function* oldestFirst(book: AuditBook, filter: AuditFilter): AsyncGenerator<AuditView> {
  const pairing = new Pairing();
  const matches = matcher(filter);
  const { chain } = filter;
  for await (const read of readRecords(book, chain === undefined ? {} : { chain })) {
    const view = pairing.take(read);
    if (view && matches(view)) yield view;
  }
  for (const view of pairing.rest()) if (matches(view)) yield view;
}
