import { Secret } from '../../secrets/secret.ts';
import { readSecretFile } from '../../secrets/sources/file.ts';
import { BaseUrl, Tenant } from '../../toolset/http/connection.ts';
import { headersOf, sendsInClear } from '../../toolset/http/headers.ts';

type Env = Readonly<Record<string, string | undefined>>;

const URL_NAME = 'STACKWARD_AUDIT_LOKI_URL';
const TENANT = 'STACKWARD_AUDIT_LOKI_TENANT';
const USER = 'STACKWARD_AUDIT_LOKI_USER';
const TOKEN = 'STACKWARD_AUDIT_LOKI_TOKEN';
const TOKEN_FILE = 'STACKWARD_AUDIT_LOKI_TOKEN_FILE';

/** Where the audit is shipped to. */
export interface LokiPlace {
  /** Of the push endpoint. It holds no credential. */
  readonly url: string;
  /** What an operator should be warned of about the way there; undefined when nothing. */
  readonly warning?: string;
  /** The headers that say who pushes, the token read anew. Hand them to the request alone. Rejects with ToolError. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

export interface LokiPlaceParts {
  readonly env: Env;
  /** Hears each credential before it is first used, so that it is masked wherever it could show. */
  readonly onSecret: (secret: Secret) => void;
  readonly onReport: (message: string) => void;
}

/**
 * The Loki that `STACKWARD_AUDIT_LOKI_URL` names; undefined where there is none. Throws an Error that names the
 * variable and what it accepts. It never quotes a value, since an address may have been given with a password in it.
 */
export function lokiPlaceIn({ env, onSecret, onReport }: LokiPlaceParts): LokiPlace | undefined {
  const given = env[URL_NAME];
  if (!given) {
    const stray = [TENANT, USER, TOKEN, TOKEN_FILE].find((name) => env[name]);
    if (stray) throw new Error(`${stray} is set, and ${URL_NAME} is not`);
    return undefined;
  }
  const base = baseOf(given);
  const tenant = tenantIn(env);
  const read = tokenIn(env, onReport);
  const user = userIn(env, read !== undefined);
  let known: { readonly value: string; readonly secret: Secret } | undefined;
  return {
    url: `${base}/loki/api/v1/push`,
    ...(read && sendsInClear(base)
      ? { warning: `${URL_NAME}: the token is sent over plain http to another machine; use https` }
      : {}),
    async headers() {
      const value = await read?.();
      if (value === undefined) return headersOf({ tenant });
      if (known?.value !== value) {
        known = { value, secret: new Secret('audit_loki_token', value) };
        onSecret(known.secret);
      }
      const { secret } = known;
      const credentials = user === undefined ? { token: secret } : { user, password: secret };
      return headersOf({ credentials, tenant });
    },
  };
}

function baseOf(given: string): string {
  if (!BaseUrl.safeParse(given).success)
    throw new Error(
      `${URL_NAME} has to be http(s)://host[:port][/path] without user, password, query or fragment; a user and a token go into ${USER} and ${TOKEN}`,
    );
  const base = given.replace(/\/+$/, '');
  if (base.endsWith('/loki/api/v1/push'))
    throw new Error(`${URL_NAME} is the address before /loki/api/v1/push; leave that out`);
  return base;
}

function tenantIn({ [TENANT]: tenant }: Env): string | undefined {
  if (!tenant) return undefined;
  // Several tenants can be read at once, and never written.
  if (!Tenant.safeParse(tenant).success || tenant.includes('|'))
    throw new Error(`${TENANT} has to be one tenant: letters, digits and !-_.*'() only, at most 150`);
  return tenant;
}

/** Reads the token anew each time: a mounted one is replaced without a restart. */
function tokenIn(
  { [TOKEN]: token, [TOKEN_FILE]: file }: Env,
  onReport: (message: string) => void,
): (() => Promise<string>) | undefined {
  if (token && file) throw new Error(`give either ${TOKEN} or ${TOKEN_FILE}, not both`);
  if (token) return async () => token;
  if (!file) return undefined;
  const told = new Set<string>();
  return () =>
    readSecretFile(process.cwd(), file, (message) => {
      if (!told.has(message)) onReport(message);
      told.add(message);
    });
}

function userIn({ [USER]: user }: Env, hasToken: boolean): string | undefined {
  if (!user) return undefined;
  if (!hasToken) throw new Error(`${USER} goes with ${TOKEN} or ${TOKEN_FILE}`);
  if (!/^[^:\p{Cc}]+$/u.test(user)) throw new Error(`${USER} has no colon and no control characters`);
  return user;
}
