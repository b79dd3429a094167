import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Documents, StoreError } from './documents.ts';
import { readKey, readOrMakeKey } from './key-file.ts';

/** The secret keys there are: for masks and fingerprints, sealed approvals, diagnoses, topologies and tokens, and what clients hand back. */
export const KEY_NAMES = ['mask', 'approvals', 'diagnoses', 'request-state', 'topology', 'tokens'] as const;
export type KeyName = (typeof KEY_NAMES)[number];

/** File of the key that signs the audit's checkpoints: Ed25519, PKCS #8, PEM. */
export const SIGNING_KEY = 'signing.key';

/** Keys of a data directory, or those that replicas share. They never lie in a database: who can write that could else make up an approval. */
export interface Keys {
  /** Throws for a file that is no key. */
  of(name: KeyName): Buffer;
}

/** The keys of a data directory, each made on first use. */
export const openOwnKeys = (dataDir: string): Keys => ({
  of: (name) => readOrMakeKey(join(dataDir, 'keys'), name),
});

/**
 * The keys that replicas share, read from a folder that was named for it and may belong to somebody else, as that of a
 * Kubernetes Secret does. Throws when one is missing, is no key, or can be read by everybody.
 */
export function openSharedKeys(folder: string): Keys {
  const read = (name: KeyName) => {
    const file = join(folder, `${name}.key`);
    assertPrivate(file);
    return readKey(file);
  };
  const keys = new Map(KEY_NAMES.map((name) => [name, read(name)]));
  assertPrivate(join(folder, SIGNING_KEY));
  return {
    of(name) {
      const key = keys.get(name);
      if (!key) throw new TypeError(`there is no key '${name}'`);
      return key;
    },
  };
}

function assertPrivate(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found)
    throw new Error(
      `${file} is not there; stackward keys create makes a folder with every key, once for all replicas`,
    );
  if (process.platform !== 'win32' && (found.mode & 0o007) !== 0)
    throw new Error(
      `everybody can read ${file}; run chmod o= on it (for a Kubernetes Secret: defaultMode 0440)`,
    );
}

/** Makes a folder with every key. Throws when it holds one already: replicas that know another would no longer start. */
export function createKeys(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = [...KEY_NAMES.map((name) => `${name}.key`), SIGNING_KEY];
  const taken = files.find((file) => existsSync(join(folder, file)));
  if (taken !== undefined) throw new Error(`${join(folder, taken)} is there already; name a new folder`);
  for (const name of KEY_NAMES) write(join(folder, `${name}.key`), randomBytes(32));
  const { privateKey } = generateKeyPairSync('ed25519');
  write(join(folder, SIGNING_KEY), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return files;
}

const write = (file: string, content: string | Buffer): void =>
  writeFileSync(file, content, { mode: 0o600, flag: 'wx', flush: true });

const DOCUMENT = 'keys';

/**
 * Holds a replica to the keys that a database was begun with: by others it could neither open what the rest sealed,
 * nor seal what they open. Throws StoreError naming the keys that differ.
 */
export async function assertSameKeys(stack: Documents, keys: Keys): Promise<void> {
  const own = Object.fromEntries(KEY_NAMES.map((name) => [name, fingerprintOf(keys.of(name))]));
  if (await stack.create(DOCUMENT, JSON.stringify(own))) return;
  const begunWith: Record<string, unknown> = JSON.parse((await stack.read(DOCUMENT)) ?? '{}');
  const others = KEY_NAMES.filter((name) => begunWith[name] !== own[name]);
  if (others.length > 0)
    throw new StoreError(
      `the database was begun with other keys than those given here (${others.join(', ')}); give every replica the same folder in STACKWARD_KEYS`,
    );
}

/** Tells keys apart and says nothing of them. */
const fingerprintOf = (key: Buffer): string =>
  createHmac('sha256', key).update('stackward: which key is this').digest('hex').slice(0, 32);
