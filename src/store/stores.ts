import type { Documents } from './documents.ts';
import type { Leases } from './leases.ts';
import type { Feed, Logs } from './logs.ts';
import type { Quota, QuotaLimit } from './quota.ts';

/** The collections there are. A file of the data directory is found by its name, so none is ever renamed. */
export const COLLECTIONS = [
  /** What there is one of: the kill switch, which versions are kept. */
  'stack',
  'approvals',
  'diagnoses',
  'versions',
  'objects',
  'rollbacks',
  /** Alerts that have an open run. */
  'alerts',
  'breakers',
  /** Answers of clients that are used up. */
  'nonces',
  /** The edits of the topology that replicas share. */
  'topologies',
  /** Bearer tokens that replicas share; those of a data directory lie beside, in files of their own form. */
  'tokens',
] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** Whether the store can be reached, and why not. The reason holds nothing of a credential. */
export type StoreStatus = { readonly isUp: true } | { readonly isUp: false; readonly reason: string };

/** Where everything but the audit lies: one data directory, or one schema of a PostgreSQL that replicas share. */
export interface Stores {
  /** Whether other replicas work on it too. */
  readonly isShared: boolean;
  readonly leases: Leases;
  documents(collection: Collection): Documents;
  /** The journals of runs. */
  runs(): Logs;
  /** The events of all runs. `markOf` tells lines apart. */
  feed(markOf: (text: string) => string): Promise<Feed>;
  quota(kind: string, limit: QuotaLimit): Quota;
  /** Tells whoever hears a collection that something changed in it. A hint: what was lost is found by looking. */
  tell(collection: Collection): Promise<void>;
  /** Hears such hints, also of other replicas, until the function that is returned is called. */
  hear(collection: Collection, hear: () => void): Promise<() => Promise<void>>;
  status(): StoreStatus;
  close(): Promise<void>;
}
