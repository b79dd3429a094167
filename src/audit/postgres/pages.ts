import { type ScannedLine, splitAll } from '../scan-lines.ts';
import type { AuditDatabase } from './replica.ts';

/** Records of the first page, and of the longest: who wants the newest few waits for few, who reads all asks seldom. */
const FIRST = 200;
const LONGEST = 4_000;
const GROWTH = 4;

interface Row {
  readonly seq: string;
  readonly line: string;
}

/** All lines of a page as one text: a row of its own for each costs more than to check it. */
interface Page {
  readonly records: number;
  readonly lowest: string | null;
  readonly highest: string | null;
  readonly lines: string | null;
}

type Stretch = {
  readonly chain: string;
  readonly from: number;
  readonly limit: number;
  readonly reverse: boolean;
};

/**
 * Reads the records of a chain a page at a time, from one record on or with `reverse` from it back; each page is
 * asked for while the one before is worked on.
 */
export async function* readPages(
  { database }: Pick<AuditDatabase, 'database'>,
  chain: string,
  { fromSeq, reverse = false }: { readonly fromSeq?: number; readonly reverse?: boolean },
): AsyncGenerator<readonly ScannedLine[]> {
  const first = fromSeq ?? (reverse ? Number.MAX_SAFE_INTEGER : 0);
  let limit = FIRST;
  let page = readPage(database, { chain, from: first, limit, reverse });
  for (;;) {
    const { lines, last } = await page;
    if (last === undefined) return;
    const isLast = lines.length < limit;
    if (!isLast) {
      limit = Math.min(limit * GROWTH, LONGEST);
      page = readPage(database, { chain, from: last + (reverse ? -1 : 1), limit, reverse });
      // Whoever stops reading never looks at it.
      page.catch(() => {});
    }
    yield lines;
    if (isLast) return;
  }
}

const pageOf = (reverse: boolean) =>
  `select seq, line from audit_record where chain = $1 and seq ${reverse ? '<=' : '>='} $2
   order by seq ${reverse ? 'desc' : 'asc'} limit $3`;

async function readPage(
  database: AuditDatabase['database'],
  { chain, from, limit, reverse }: Stretch,
): Promise<{ readonly lines: readonly ScannedLine[]; readonly last: number | undefined }> {
  const order = reverse ? 'desc' : 'asc';
  const [page] = await database.query<Page>(
    `select count(*)::int as records, min(seq) as lowest, max(seq) as highest,
       string_agg(line, E'\\n' order by seq ${order}) as lines
     from (${pageOf(reverse)}) page`,
    [chain, from, limit],
  );
  if (!page || page.lines === null) return { lines: [], last: undefined };
  const [lowest, highest] = [Number(page.lowest), Number(page.highest)];
  const found = splitAll(Buffer.from(`${page.lines}\n`), 0);
  // Where numbers are missing, or a line was changed to hold a line break, each is read with the number it is kept under.
  if (found.length !== page.records || highest - lowest + 1 !== page.records) {
    const rows = await database.query<Row>(pageOf(reverse), [chain, from, limit]);
    return { lines: rows.map(lineOf), last: Number(rows.at(-1)?.seq) };
  }
  const seqOf = (index: number) => (reverse ? highest - index : lowest + index);
  return {
    lines: found.map(({ bytes }, index) => numbered(bytes, seqOf(index))),
    last: reverse ? lowest : highest,
  };
}

/** The lines from one record to another. */
export async function readRange(
  { database }: Pick<AuditDatabase, 'database'>,
  chain: string,
  first: number,
  last: number,
): Promise<readonly ScannedLine[]> {
  const rows = await database.query<Row>(
    'select seq, line from audit_record where chain = $1 and seq between $2 and $3 order by seq',
    [chain, first, last],
  );
  return rows.map(lineOf);
}

const lineOf = ({ seq, line }: Row): ScannedLine => numbered(Buffer.from(line), Number(seq));

/** A row has no end to be missing: it is there whole or not at all. */
const numbered = (bytes: Buffer, seq: number): ScannedLine => ({ bytes, offset: seq, complete: true, seq });
