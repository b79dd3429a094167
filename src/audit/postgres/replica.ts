import type { Database } from '../../store/postgres/database.ts';

/** Milliseconds without a sign of life after which a chain's holder counts as dead, where nothing else is said. */
export const SILENT_MS = 20_000;

/** What all parts of an audit in PostgreSQL share. */
export interface AuditDatabase {
  readonly database: Database;
  /** Milliseconds without a sign of life after which a chain's holder counts as dead. */
  readonly silentMs: number;
  /** Milliseconds after which a batch that the database has not confirmed counts as lost. */
  readonly batchMs: number;
}
