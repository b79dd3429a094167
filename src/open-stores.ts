import { readFileSync } from 'node:fs';
import { openFileStores } from './store/files/stores.ts';
import { assertSameKeys, type Keys, openOwnKeys, openSharedKeys } from './store/keys.ts';
import type { Stores } from './store/stores.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the PostgreSQL lies that replicas share. The address holds a password, so it is never printed. */
export interface DatabasePlace {
  readonly url: string;
  readonly schema: string;
}

/** What was said of a database; undefined where everything lies in the data directory. Throws for settings that do not fit one another. */
export function databaseIn(env: Env): DatabasePlace | undefined {
  const { STACKWARD_DATABASE_URL: given, STACKWARD_DATABASE_URL_FILE: file } = env;
  if (given && file)
    throw new Error('give either STACKWARD_DATABASE_URL or STACKWARD_DATABASE_URL_FILE, not both');
  const url = given || (file ? readFileSync(file, 'utf8').trim() : undefined);
  if (!url) return undefined;
  return { url, schema: env.STACKWARD_DATABASE_SCHEMA || 'stackward' };
}

/** The password in the database's address, for the mask; undefined where there is none. */
export function databasePassword(env: Env): string | undefined {
  const place = databaseIn(env);
  if (!place || !URL.canParse(place.url)) return undefined;
  const { password } = new URL(place.url);
  return password === '' ? undefined : decodeURIComponent(password);
}

interface Opening {
  readonly env: Env;
  /** Whether the database's schema is brought up to this release; else one that is behind is refused. */
  readonly migrates?: boolean;
}

/** The stores of a stack: of its data directory, or of the database that replicas share. */
export async function openStores(dataDir: string, { env, migrates = false }: Opening): Promise<Stores> {
  const place = databaseIn(env);
  if (!place) return openFileStores(dataDir);
  // Loaded only here: a start on a data directory does not wait for a database driver.
  const { openPostgresStores } = await import('./store/postgres/stores.ts');
  return openPostgresStores({ ...place, migrates });
}

/** The stores with the keys that belong to them. Throws when a database was begun with other keys. */
export async function openKeysAndStores(
  dataDir: string,
  opening: Opening,
): Promise<{ readonly stores: Stores; readonly keys: Keys }> {
  const keys = keysOf(dataDir, opening.env);
  const stores = await openStores(dataDir, opening);
  if (!stores.isShared) return { stores, keys };
  try {
    await assertSameKeys(stores.documents('stack'), keys);
  } catch (error) {
    await stores.close();
    throw error;
  }
  return { stores, keys };
}

function keysOf(dataDir: string, env: Env): Keys {
  if (!databaseIn(env)) return openOwnKeys(dataDir);
  if (env.STACKWARD_KEYS) return openSharedKeys(env.STACKWARD_KEYS);
  throw new Error(
    'with a database the replicas share their keys: make them once with stackward keys create DIR, and name the folder in STACKWARD_KEYS',
  );
}
