import { onTestFinished } from 'vitest';
import type { AuditBook } from '../../src/audit/audit-book.ts';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { openFileBook } from '../../src/audit/file-book.ts';
import { signerOf } from '../../src/audit/keys.ts';
import { type AuditLogOptions, openAuditLog } from '../../src/audit/log.ts';
import {
  openPostgresAudit,
  type PostgresAuditSettings,
} from '../../src/audit/postgres/open-postgres-audit.ts';
import { openPostgresBook } from '../../src/audit/postgres/postgres-book.ts';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { openSchema } from '../store/database.ts';
import { auditDir } from './sample.ts';
import { makeKey } from './signing-key.ts';

export type EngineOptions = Pick<
  AuditLogOptions,
  'checkpointEvery' | 'allEveryMs' | 'allEveryRecords' | 'copies'
>;

/** One audit of one engine, empty at first. */
export interface Engine {
  /** A process of its own as far as the audit can tell. */
  open(options?: EngineOptions): Promise<{ log: AuditLog; reports: string[] }>;
  readonly book: AuditBook;
}

const fileEngine = async (): Promise<Engine> => {
  const dir = auditDir();
  return {
    book: openFileBook(dir),
    async open(options = {}) {
      const reports: string[] = [];
      const onReport = (message: string) => reports.push(message);
      return { log: await openAuditLog({ dir, reserveBytes: 0, onReport, ...options }), reports };
    },
  };
};

/** An empty audit in a schema of its own. Replicas of it are opened over any port, and hurried by any settings. */
export async function openAuditSchema() {
  const at = await openSchema();
  await migrate(at.database, at.schema);
  const key = makeKey();
  const signer = signerOf(key);
  const closers: (() => Promise<unknown>)[] = [];
  onTestFinished(async () => {
    for (const close of closers.reverse()) await close().catch(() => {});
    await at.close();
  });
  return {
    ...at,
    key,
    signer,
    book: openPostgresBook(at, async () => ({
      keys: new Map([[signer.key, signer.publicKey]]),
      damaged: [],
    })),
    async replica(settings: Partial<PostgresAuditSettings> = {}, port?: number) {
      const url = port === undefined ? at.url : at.url.replace(/:\d+\//, `:${port}/`);
      const database = await openDatabase({ url, schema: at.schema });
      const reports: string[] = [];
      const onReport = (message: string) => reports.push(message);
      const audit = await openPostgresAudit(database, { signer, onReport, ...settings });
      closers.push(async () => {
        await audit.log.close();
        await database.close();
      });
      return { ...audit, reports };
    },
  };
}

const postgresEngine = async (): Promise<Engine> => {
  const at = await openAuditSchema();
  return { book: at.book, open: (options = {}) => at.replica(options) };
};

export const ENGINES: readonly [string, () => Promise<Engine>][] = [
  ['a folder', fileEngine],
  ['a PostgreSQL', postgresEngine],
];
