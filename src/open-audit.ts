import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditBook } from './audit/audit-book.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { copiesFrom } from './audit/copies/copies-from.ts';
import { openFileBook } from './audit/file-book.ts';
import { keyId, type PublishedKeys, readKeysIn, signerOf } from './audit/keys.ts';
import { openFileAudit } from './audit/log.ts';
import { type DatabasePlace, databaseIn } from './open-stores.ts';
import { SIGNING_KEY } from './store/keys.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Connections of a pool of the audit's own, so that a record waits for nobody else's statement. */
const CONNECTIONS = 4;

interface Opening {
  readonly env: Env;
  readonly onReport: (message: string) => void;
}

/** The audit of a stack, to be written and to be read: of its data directory, or of the database that replicas share. */
export async function openAudit(
  dataDir: string,
  { env, onReport }: Opening,
): Promise<{ readonly log: AuditLog; readonly book: AuditBook }> {
  const copies = copiesFrom(env);
  const place = databaseIn(env);
  if (!place) return openFileAudit({ dir: join(dataDir, 'audit'), copies, onReport });
  const keys = env.STACKWARD_KEYS ?? '';
  const signer = signerOf(readFileSync(join(keys, SIGNING_KEY), 'utf8'));
  const database = await openPool(place);
  try {
    const { openPostgresAudit } = await import('./audit/postgres/open-postgres-audit.ts');
    const publicKeys = () => sharedKeys(keys);
    const { log, book } = await openPostgresAudit(database, { signer, publicKeys, copies, onReport });
    const close = async () => {
      await log.close();
      await database.close();
    };
    return { book, log: { append: log.append, status: log.status, close } };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The same audit to be read alone; `close` ends what reading it took. */
export async function openAuditBook(
  dataDir: string,
  env: Env,
): Promise<{ readonly book: AuditBook; close(): Promise<void> }> {
  const place = databaseIn(env);
  if (!place) return { book: openFileBook(join(dataDir, 'audit')), close: async () => {} };
  const database = await openPool(place);
  try {
    const { assertMigrated } = await import('./store/postgres/migrate.ts');
    await assertMigrated(database);
    const { openPostgresBook } = await import('./audit/postgres/postgres-book.ts');
    const book = openPostgresBook({ database }, () => sharedKeys(env.STACKWARD_KEYS));
    return { book, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openPool(place: DatabasePlace) {
  const { openDatabase } = await import('./store/postgres/database.ts');
  return openDatabase({ ...place, connections: CONNECTIONS });
}

/** The public part of the key that replicas sign with, and of those before it, which lie beside it as `<id>.pub`. */
async function sharedKeys(folder: string | undefined): Promise<PublishedKeys> {
  if (!folder)
    throw new Error(
      'nothing says which key signs the audit: name the folder of the keys in STACKWARD_KEYS, or give --public-key',
    );
  const { keys, damaged } = await readKeysIn(folder);
  const own = createPublicKey(readFileSync(join(folder, SIGNING_KEY), 'utf8'));
  return { keys: new Map([...keys, [keyId(own), own]]), damaged };
}
