import { openFileBook } from '../../../src/audit/file-book.ts';
import { openPostgresBook } from '../../../src/audit/postgres/postgres-book.ts';
import { lokiPlaceIn } from '../../../src/audit/ship/loki-place.ts';
import { pushTo } from '../../../src/audit/ship/push.ts';
import { openShipping } from '../../../src/audit/ship/ship.ts';
import { openFileStores } from '../../../src/store/files/stores.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import { openPostgresDocuments } from '../../../src/store/postgres/documents.ts';
import { openPostgresLeases } from '../../../src/store/postgres/leases.ts';

// A process to be killed: ships to `URL` the audit of `files DIR` or of `postgresql DATABASE SCHEMA`.
const [url = '', kind, at = '', schema = ''] = process.argv.slice(2);
const report = (message: string) => process.stderr.write(`${message}\n`);
const place = lokiPlaceIn({
  env: { STACKWARD_AUDIT_LOKI_URL: url },
  onSecret: () => {},
  onReport: report,
});
if (!place) throw new Error('there has to be a place');
const common = { push: pushTo(place, () => 'shop'), onReport: report, lookMs: 20 };
if (kind === 'files') {
  const { leases, documents } = openFileStores(at);
  openShipping({ ...common, book: openFileBook(`${at}/audit`), leases, documents: documents('stack') });
} else {
  const database = await openDatabase({ url: at, schema });
  openShipping({
    ...common,
    book: openPostgresBook({ database }, async () => ({ keys: new Map(), damaged: [] })),
    leases: openPostgresLeases(database, { at: 'a child' }),
    documents: openPostgresDocuments(database, 'stack'),
  });
}
setInterval(() => {}, 1_000);
