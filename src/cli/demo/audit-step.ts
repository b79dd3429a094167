import { openFileBook } from '../../audit/file-book.ts';
import { queryAudit } from '../../audit/query.ts';
import { verifyAudit } from '../../audit/verify.ts';
import { dim, green, red } from '../print.ts';
import { expect } from './failure.ts';

/** Shows the last calls of an audit folder and verifies all of it; the number of its records. Throws DemoFailure. */
export async function showAudit(
  dir: string,
  say: (line: string) => void,
  { limit, tool }: { readonly limit: number; readonly tool?: string },
): Promise<number> {
  const book = openFileBook(dir);
  for await (const view of queryAudit(book, tool === undefined ? {} : { tool }, { limit })) {
    if (view.kind === 'call')
      say(
        `   #${view.seq} ${view.principal} ${view.tool} ${view.target ?? ''} ${view.outcome} ${dim(view.call)}`,
      );
  }
  const report = await verifyAudit(book);
  const records = report.chains.reduce((sum, chain) => sum + chain.records, 0);
  say(
    report.ok ? green(`   verified ${records} records: the chain holds`) : red('   the chain does not hold'),
  );
  expect(report.ok, 'an audit that verifies');
  return records;
}
