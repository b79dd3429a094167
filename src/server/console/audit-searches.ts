import { randomUUID } from 'node:crypto';
import type { AuditBook } from '../../audit/audit-book.ts';
import type { AuditFilter } from '../../audit/matcher.ts';
import { scanAudit } from '../../audit/query.ts';
import type { AuditView } from '../../audit/views.ts';
import { ToolError } from '../../toolset/errors.ts';

/** What one page of a search found. */
export interface FoundPage {
  readonly views: readonly AuditView[];
  readonly looked: number;
  /** Names the place to go on from; absent where there is nothing older. */
  readonly next?: string;
  /** Set when the page ended because of its time. */
  readonly lookedBackTo?: string;
}

/** Searches of the audit, newest first, a page at a time. */
export interface AuditSearches {
  begin(filter: AuditFilter, rows: number): Promise<FoundPage>;
  /** Throws ToolError('not_found') for a search that was dropped meanwhile. */
  goOn(next: string, rows: number): Promise<FoundPage>;
  close(): void;
}

type Scan = ReturnType<typeof scanAudit>;
interface Search {
  readonly scan: Scan;
  /** The one page that may be asked for next. A page asked for twice would take from the other. */
  next: string;
  timer: NodeJS.Timeout;
}

/** Each keeps a file open and the calls whose other half has not come by. */
const MOST = 16;
const IDLE_MS = 5 * 60_000;
/** A page is answered after this long, with what was found: a search through a million records goes on with the next. */
const BUDGET_MS = 700;
/** After this many milliseconds a search lets other requests of this process have their turn. */
const TURN_MS = 10;

/**
 * A search goes on where its last page ended, so that the thousandth page costs as much as the first: nothing is read
 * twice, and a call's two records are paired whichever pages they lie on.
 */
export function openAuditSearches(book: AuditBook): AuditSearches {
  const searches = new Map<string, Search>();
  const drop = ({ next, scan, timer }: Search) => {
    clearTimeout(timer);
    searches.delete(next);
    void scan.return(undefined);
  };
  const keep = (scan: Scan): string => {
    const [oldest] = searches.size >= MOST ? searches.values() : [];
    if (oldest) drop(oldest);
    const next = randomUUID();
    const timer = setTimeout(() => drop(search), IDLE_MS).unref();
    const search = { scan, next, timer };
    searches.set(next, search);
    return next;
  };
  const page = async (scan: Scan, rows: number): Promise<FoundPage> => {
    const until = performance.now() + BUDGET_MS;
    const views: AuditView[] = [];
    let looked = 0;
    for (let turn = performance.now() + TURN_MS; ; ) {
      const { value, done } = await scan.next();
      if (done) return { views, looked };
      looked += value.looked;
      if (value.view) views.push(value.view);
      if (views.length >= rows) return { views, looked, next: keep(scan) };
      if (performance.now() < turn) continue;
      await new Promise(setImmediate);
      turn = performance.now() + TURN_MS;
      if (turn > until) return { views, looked, next: keep(scan), lookedBackTo: value.time };
    }
  };
  return {
    begin: (filter, rows) => page(scanAudit(book, filter), rows),
    goOn(next, rows) {
      const search = searches.get(next);
      if (!search) throw new ToolError('not_found', 'this search was dropped after a while; search again');
      clearTimeout(search.timer);
      searches.delete(next);
      return page(search.scan, rows);
    },
    close() {
      for (const search of searches.values()) drop(search);
    },
  };
}
