import { StoreError } from '../documents.ts';
import type { StoreStatus } from '../stores.ts';
import type { Database, Statements } from './database.ts';

const LOOK_MS = 1_000;

/** Looks after a database, so that who needs it learns that it is away before he has waited for it. */
export interface Watch {
  status(): StoreStatus;
  /** The same database, whose statements are refused at once while it is known to be away. */
  readonly guarded: Database;
  close(): Promise<void>;
}

/**
 * Asks the database each second, over a connection of its own: those of the pool may all be busy.
 * @param probe gives up within a second or so
 */
export function watchDatabase(database: Database, probe: Pick<Database, 'query' | 'close'>): Watch {
  let status: StoreStatus = { isUp: true };
  let isAsking = false;
  const look = async () => {
    if (isAsking) return;
    isAsking = true;
    status = await probe.query('select').then(
      (): StoreStatus => ({ isUp: true }),
      (error: unknown): StoreStatus => ({
        isUp: false,
        reason: error instanceof StoreError ? error.message : 'the database does not answer',
      }),
    );
    isAsking = false;
  };
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  const assertUp = () => {
    if (!status.isUp) throw new StoreError(status.reason);
  };
  const guarded: Database = {
    ...database,
    async query(text, values) {
      assertUp();
      return database.query(text, values);
    },
    async transaction<T>(work: (statements: Statements) => Promise<T>) {
      assertUp();
      return database.transaction(work);
    },
  };
  return {
    guarded,
    status: () => status,
    async close() {
      clearInterval(timer);
      await probe.close();
    },
  };
}
