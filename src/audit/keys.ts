import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { access, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile } from '../store/files/durable-file.ts';
import { isMissing, keysPath } from './layout.ts';
import { hashLine } from './line.ts';

/** Signs checkpoints. */
export interface Signer {
  /** First 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  readonly key: string;
  readonly publicKey: KeyObject;
  /** Ed25519 signature of the text, base64. */
  sign(text: string): string;
}

/** The id under which a public key is published and named in checkpoints. */
export const keyId = (publicKey: KeyObject) =>
  hashLine(publicKey.export({ type: 'spki', format: 'der' })).slice(0, 16);

/**
 * Opens the audit folder's signing key, making one at the first start. Several processes may do so at once.
 * Throws when others than the owner can read the private key.
 */
export async function openSigner(dir: string): Promise<Signer> {
  const folder = keysPath(dir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'signing.key');
  const signer = signerOf((await readPrivate(path)) ?? (await makePrivate(path)));
  await publishKey(folder, signer);
  return signer;
}

/** Writes the public key of a signer into a folder, in a file named after it, unless it is there; returns its name. */
export async function publishKey(folder: string, { key, publicKey }: Signer): Promise<string> {
  const name = `${key}.pub`;
  const path = join(folder, name);
  if (!(await exists(path))) await createFile(path, publicKeyText(publicKey), 0o644);
  return name;
}

/** A signer of a private key (PKCS #8, PEM), as replicas share one. Throws a TypeError unless it is Ed25519. */
export function signerOf(pem: string): Signer {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new TypeError('the audit is signed with an Ed25519 key');
  const publicKey = createPublicKey(privateKey);
  return {
    key: keyId(publicKey),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const publicKeyText = (publicKey: KeyObject) => publicKey.export({ type: 'spki', format: 'pem' }).toString();

async function readPrivate(path: string): Promise<string | undefined> {
  try {
    if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
      throw new Error(`others can read the audit's signing key: run chmod 600 ${path}`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function makePrivate(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await createFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  // Another process may have been first; then its key is the one.
  return readFile(path, 'utf8');
}

/** Public keys by id, and the files that are not what their name says. */
export interface PublishedKeys {
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly damaged: readonly string[];
}

/** The published keys of an audit folder. */
export const readPublicKeys = (dir: string): Promise<PublishedKeys> => readKeysIn(keysPath(dir));

/** The public keys of a folder, each in a file that is named after it. */
export async function readKeysIn(folder: string): Promise<PublishedKeys> {
  const keys = new Map<string, KeyObject>();
  const damaged: string[] = [];
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const name of names.filter((name) => name.endsWith('.pub'))) {
    const key = parsePublicKey(await readFile(join(folder, name), 'utf8'));
    if (key && `${keyId(key)}.pub` === name) keys.set(keyId(key), key);
    else damaged.push(join(folder, name));
  }
  return { keys, damaged };
}

/** Parses a published key; undefined unless it is Ed25519 and the text is exactly as it was published. */
export function parsePublicKey(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey(text);
    return key.asymmetricKeyType === 'ed25519' && publicKeyText(key) === text ? key : undefined;
  } catch {
    return undefined;
  }
}
