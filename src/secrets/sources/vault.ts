import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { SecretSource } from '../reference.ts';
import { deadline, whyNoAnswer } from './transport.ts';
import { callVault, type VaultAnswer } from './vault-http.ts';
import { vaultSessions } from './vault-login.ts';

export type VaultSource = Extract<SecretSource, { vault: unknown }>['vault'];

/** One version of a secret, as Vault holds it. */
export interface VaultSecret {
  readonly value: string;
  readonly version: number;
}

const Metadata = z.object({ version: z.number().int(), deletion_time: z.string(), destroyed: z.boolean() });
const Found = z.object({
  data: z.object({ data: z.record(z.string(), z.unknown()), metadata: Metadata }),
});
const Gone = z.object({ data: z.object({ metadata: Metadata }) });

/**
 * Reads secrets of Vault's KV engine, version 2. Nothing is cached but a login's token.
 *
 * @throws ToolError('secret_unavailable') naming mount, path and key.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version
 */
export function vaultReader(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  warn: (message: string) => void,
) {
  const openSession = vaultSessions(env, cwd, warn);
  return async (source: VaultSource, signal: AbortSignal | undefined): Promise<VaultSecret> => {
    const name = `the Vault secret ${source.mount}/${source.path}/${source.key}`;
    const path = `/v1/${segments(source.mount, name)}/data/${segments(source.path, name)}`;
    const session = await openSession(signal);
    const url = new URL(path, session.address);
    if (source.version !== undefined) url.searchParams.set('version', String(source.version));
    const answer = await callVault({ ...session, method: 'GET', url, signal: deadline(signal) }).catch(
      (error: unknown) => {
        throw unavailable(name, whyNoAnswer(error, signal));
      },
    );
    return secretIn(answer, source.key, name);
  };
}

/** Encodes each segment of a path. A dot segment would be resolved by the URL and lead to another endpoint. */
function segments(path: string, name: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw unavailable(name, 'has an empty or dot segment in its mount or path; write them plainly');
  }
  return parts.map(encodeURIComponent).join('/');
}

function secretIn({ status, body }: VaultAnswer, key: string, name: string): VaultSecret {
  if (status !== 200) throw unavailable(name, refusal(status, body));
  const found = Found.safeParse(body);
  if (!found.success) throw unavailable(name, 'is not held by a KV engine of version 2');
  const { data, metadata } = found.data.data;
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined) throw unavailable(name, `has no such key in version ${metadata.version}`);
  if (typeof value !== 'string') throw unavailable(name, 'is not a text; store it as a string');
  if (value === '') throw unavailable(name, 'is empty');
  return { value, version: metadata.version };
}

function refusal(status: number, body: unknown): string {
  if (status === 403)
    return 'is refused to Stackward’s token: it is invalid, expired, or its policy lacks read';
  if (status === 503) return 'cannot be read while Vault is sealed or in maintenance';
  if (status !== 404) return `was not read (status ${status})`;
  const gone = Gone.safeParse(body);
  if (!gone.success) return 'does not exist';
  const { version, destroyed, deletion_time } = gone.data.data.metadata;
  if (destroyed) return `is destroyed in version ${version}`;
  return `was deleted in version ${version}${deletion_time && ` at ${deletion_time}`}`;
}

const unavailable = (name: string, what: string) => new ToolError('secret_unavailable', `${name} ${what}`);
