import type { ScannedLine } from '../scan-lines.ts';
import type { AuditDatabase } from './replica.ts';

const PAGE = 2_000;

interface Row {
  readonly seq: string;
  readonly line: string;
}

/**
 * Reads the records of a chain a page at a time, from one record on or with `reverse` from it back; each page is
 * asked for while the one before is worked on. `upTo` ends it.
 */
export async function* readPages(
  { database }: Pick<AuditDatabase, 'database'>,
  chain: string,
  { fromSeq, reverse = false }: { readonly fromSeq?: number; readonly reverse?: boolean },
): AsyncGenerator<readonly ScannedLine[]> {
  const [order, comparison] = reverse ? ['desc', '<='] : ['asc', '>='];
  const ask = async (from: number): Promise<readonly Row[]> =>
    database.query<Row>(
      `select seq, line from audit_record where chain = $1 and seq ${comparison} $2 order by seq ${order} limit ${PAGE}`,
      [chain, from],
    );
  let page = ask(fromSeq ?? (reverse ? Number.MAX_SAFE_INTEGER : 0));
  for (;;) {
    const rows = await page;
    const last = rows.at(-1);
    if (!last) return;
    const isLast = rows.length < PAGE;
    if (!isLast) {
      page = ask(Number(last.seq) + (reverse ? -1 : 1));
      // Whoever stops reading never looks at it.
      page.catch(() => {});
    }
    yield rows.map(lineOf);
    if (isLast) return;
  }
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

/** A row has no end to be missing: it is there whole or not at all. */
function lineOf({ seq, line }: Row): ScannedLine {
  const number = Number(seq);
  return { bytes: Buffer.from(line), offset: number, complete: true, seq: number };
}
