import { expect, onTestFinished } from 'vitest';
import type { AuditBook } from '../../../src/audit/audit-book.ts';
import type { AuditLog } from '../../../src/audit/audit-log.ts';
import { openFileBook } from '../../../src/audit/file-book.ts';
import { openAuditLog } from '../../../src/audit/log.ts';
import { readRecords } from '../../../src/audit/read.ts';
import { lokiPlaceIn } from '../../../src/audit/ship/loki-place.ts';
import { pushTo } from '../../../src/audit/ship/push.ts';
import { openShipping, type Shipping, type ShippingParts } from '../../../src/audit/ship/ship.ts';
import { openFileStores } from '../../../src/store/files/stores.ts';
import { openPostgresDocuments } from '../../../src/store/postgres/documents.ts';
import { openPostgresLeases } from '../../../src/store/postgres/leases.ts';
import type { Stores } from '../../../src/store/stores.ts';
import { type LokiTwin, startLokiTwin, type TwinOptions } from '../../twins/loki.ts';
import { openAuditSchema } from '../engines.ts';
import { auditDir } from '../sample.ts';

/** One audit with the store beside it, of one engine. */
export interface ShipEngine {
  open(): Promise<AuditLog>;
  readonly book: AuditBook;
  /** The stores of another process: leases are its own. */
  stores(): Pick<Stores, 'leases' | 'documents'>;
  /** For `ship-child.ts`: where it finds the same. */
  readonly place: readonly string[];
  /** Lets the holding of one that was killed end, which else takes its silence. */
  forgetHolder(): Promise<void>;
}

const fileEngine = async (): Promise<ShipEngine> => {
  const dir = auditDir();
  return {
    open: () => openAuditLog({ dir: `${dir}/audit`, reserveBytes: 0 }),
    book: openFileBook(`${dir}/audit`),
    stores: () => openFileStores(dir),
    place: ['files', dir],
    // A process that is gone holds nothing.
    forgetHolder: async () => {},
  };
};

const postgresEngine = async (): Promise<ShipEngine> => {
  const at = await openAuditSchema();
  let replicas = 0;
  return {
    open: async () => (await at.replica()).log,
    book: at.book,
    stores() {
      replicas += 1;
      return {
        leases: openPostgresLeases(at.database, { at: `replica ${replicas}` }),
        documents: (collection) => openPostgresDocuments(at.database, collection),
      };
    },
    place: ['postgresql', at.url, at.schema],
    async forgetHolder() {
      await at.direct.query(`update lease set beat = beat - interval '1 minute'`);
    },
  };
};

export const SHIP_ENGINES: readonly (readonly [string, () => Promise<ShipEngine>])[] = [
  ['a folder', fileEngine],
  ['a PostgreSQL', postgresEngine],
];

/** A Loki that ends with the test, which fails if it was misused. */
export async function openTwin(options: Partial<TwinOptions> = {}): Promise<LokiTwin> {
  const twin = await startLokiTwin({ streams: [], ...options });
  onTestFinished(async () => {
    await twin.close();
    if (twin.violations.length > 0) throw new Error(`Loki was misused: ${twin.violations.join('; ')}`);
  });
  return twin;
}

/** Ships an engine's audit to a Loki, in a hurry, until the test ends. */
export function ship(
  engine: ShipEngine,
  url: string,
  more: Partial<ShippingParts> & { readonly env?: Record<string, string> } = {},
): { readonly shipping: Shipping; readonly reports: string[] } {
  const reports: string[] = [];
  const onReport = (message: string) => reports.push(message);
  const { env, ...settings } = more;
  const place = lokiPlaceIn({
    env: { STACKWARD_AUDIT_LOKI_URL: url, ...env },
    onSecret: () => {},
    onReport,
  });
  if (!place) throw new Error('there has to be a place');
  const { leases, documents } = engine.stores();
  const shipping = openShipping({
    book: engine.book,
    documents: documents('stack'),
    leases,
    push: pushTo(place, () => 'shop'),
    onReport,
    lookMs: 20,
    waitMs: 20,
    mostMs: 100,
    ...settings,
  });
  onTestFinished(() => shipping.close());
  return { shipping, reports };
}

/** The lines of a chain, in its order. */
export async function linesOf(book: AuditBook, chain?: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { line } of readRecords(book, chain === undefined ? {} : { chain }))
    lines.push(line.toString());
  return lines;
}

/** The lines that a Loki holds of a chain, by their timestamps. */
export const heldLines = ({ streams }: LokiTwin, chain?: string): string[] =>
  streams
    .filter(({ labels }) => chain === undefined || labels.chain === chain)
    .flatMap(({ entries }) => entries)
    .sort((one, other) => (BigInt(one.nanoseconds) < BigInt(other.nanoseconds) ? -1 : 1))
    .map(({ line }) => line);

/** The lines of every push that reached a Loki, taken or not. */
export const pushedLines = ({ requests }: LokiTwin): string[] =>
  requests.flatMap(({ json }) =>
    json === undefined
      ? []
      : (JSON.parse(json) as { streams: { values: [string, string][] }[] }).streams.flatMap(({ values }) =>
          values.map(([, line]) => line),
        ),
  );

/** Looks again and again, with patience for a machine that does much else. */
export const soon = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });
