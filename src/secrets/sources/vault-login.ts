import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { readSecretFile } from './file.ts';
import { deadline, isSafeToSend, whyNoAnswer } from './transport.ts';
import { callVault } from './vault-http.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where Vault is and how it lets us in. */
export interface VaultSession {
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca?: string;
}

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
/** A login is renewed when this share of its lease has passed. */
const RENEW_AT = 0.8;

const Login = z.object({
  auth: z.object({ client_token: z.string().min(1), lease_duration: z.number() }),
});

/**
 * Opens sessions from the environment: `VAULT_ADDR`, and `VAULT_TOKEN`, `VAULT_TOKEN_FILE` or `VAULT_ROLE`
 * (Kubernetes auth with the pod's service account; `VAULT_KUBERNETES_MOUNT` and `VAULT_KUBERNETES_TOKEN_FILE`
 * where they are not the usual ones), `VAULT_NAMESPACE`, `VAULT_CACERT`. For any other way in, such as AppRole,
 * let a Vault agent log in and write the token to `VAULT_TOKEN_FILE`.
 *
 * The function throws ToolError('secret_unavailable') saying which variable is missing or what was refused.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login
 */
export function vaultSessions(env: Env, cwd: string, warn: (message: string) => void) {
  let login: { readonly token: string; readonly until: number } | undefined;

  const token = async (session: VaultSession, signal: AbortSignal | undefined): Promise<string> => {
    if (env.VAULT_TOKEN) return env.VAULT_TOKEN;
    if (env.VAULT_TOKEN_FILE) return (await readSecretFile(cwd, env.VAULT_TOKEN_FILE, warn)).trim();
    if (!env.VAULT_ROLE) throw unavailable('set VAULT_TOKEN, VAULT_TOKEN_FILE or VAULT_ROLE');
    if (!login || login.until < Date.now()) login = await logIn(session, env, env.VAULT_ROLE, cwd, signal);
    return login.token;
  };

  return async (signal: AbortSignal | undefined): Promise<VaultSession> => {
    const session = await anonymous(env, cwd);
    const headers = { ...session.headers, 'x-vault-token': await token(session, signal) };
    return { ...session, headers };
  };
}

async function anonymous(env: Env, cwd: string): Promise<VaultSession> {
  if (!env.VAULT_ADDR) throw unavailable('set VAULT_ADDR to the address of Vault');
  const address = URL.canParse(env.VAULT_ADDR) ? new URL(env.VAULT_ADDR) : undefined;
  if (!address || !isSafeToSend(address)) {
    throw unavailable('VAULT_ADDR must be an https:// address; http:// is accepted on loopback alone');
  }
  const namespace = env.VAULT_NAMESPACE ? { 'x-vault-namespace': env.VAULT_NAMESPACE } : {};
  // A Vault agent or proxy may demand X-Vault-Request, as its guard against requests forged by a browser.
  const headers = { 'x-vault-request': 'true', ...namespace };
  if (!env.VAULT_CACERT) return { address, headers };
  const ca = await readFile(resolve(cwd, env.VAULT_CACERT), 'utf8').catch(() => {
    throw unavailable(`the certificates that VAULT_CACERT names cannot be read: ${env.VAULT_CACERT}`);
  });
  return { address, headers, ca };
}

async function logIn(
  session: VaultSession,
  env: Env,
  role: string,
  cwd: string,
  signal: AbortSignal | undefined,
) {
  const mount = env.VAULT_KUBERNETES_MOUNT || 'kubernetes';
  const path = env.VAULT_KUBERNETES_TOKEN_FILE || SERVICE_ACCOUNT_TOKEN;
  const jwt = (await readSecretFile(cwd, path, () => {})).trim();
  const url = new URL(`/v1/auth/${encodeURIComponent(mount)}/login`, session.address);
  const request = { ...session, method: 'POST' as const, url, body: { role, jwt }, signal: deadline(signal) };
  const answer = await callVault(request).catch((error: unknown) => {
    throw unavailable(`the login as role ${role} failed: the token ${whyNoAnswer(error, signal)}`);
  });
  const given = Login.safeParse(answer.body);
  if (answer.status !== 200 || !given.success) {
    throw unavailable(`Vault refused the login as role ${role} at auth/${mount} (status ${answer.status})`);
  }
  const { client_token, lease_duration } = given.data.auth;
  return { token: client_token, until: Date.now() + lease_duration * 1000 * RENEW_AT };
}

const unavailable = (what: string) => new ToolError('secret_unavailable', `Vault: ${what}`);
