import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * A strict twin of the part of Vault's HTTP API that Stackward uses. Whatever it does not know is a failure
 * that a test can assert on, and is answered as an error.
 *
 * - reading a version: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version
 * - deleted and destroyed versions (404 with the metadata): the same page, and
 *   https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2#deleting-and-destroying-data
 * - login: https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login
 * - status codes: https://developer.hashicorp.com/vault/api-docs#http-status-codes
 */
export interface VaultTwin {
  readonly address: string;
  /** Everything that the real Vault would not have understood. */
  readonly failures: readonly string[];
  /** Method and path with query of each request that was understood. */
  readonly requests: readonly string[];
  /** Stores the next version under `mount/path`. */
  put(mount: string, path: string, data: Record<string, unknown>): void;
  delete(mount: string, path: string, version: number): void;
  destroy(mount: string, path: string, version: number): void;
  seal(): void;
  /** Answers nothing any more, as a hung server does. */
  hang(): void;
  close(): Promise<void>;
}

interface Version {
  data: Record<string, unknown> | null;
  deletion_time: string;
  destroyed: boolean;
}

export interface VaultTwinOptions {
  readonly token: string;
  readonly namespace?: string;
  /** Accepts this service-account token for this role and hands out the token above. */
  readonly login?: { readonly role: string; readonly jwt: string };
  /** Serves TLS with this key and certificate, in PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

const KNOWN_HEADERS = new Set(
  'host connection content-type content-length transfer-encoding x-vault-token x-vault-request x-vault-namespace'.split(
    ' ',
  ),
);

/** Starts one on a free loopback port. */
export async function startVaultTwin(options: VaultTwinOptions): Promise<VaultTwin> {
  const store = new Map<string, Version[]>();
  const failures: string[] = [];
  const requests: string[] = [];
  let state: 'open' | 'sealed' | 'hung' = 'open';

  const fail = (response: ServerResponse, status: number, why: string) => {
    failures.push(why);
    answer(response, status, { errors: [why] });
  };

  const read = (url: URL, response: ServerResponse) => {
    const [mount, rest] = splitData(url.pathname);
    const unknown = [...url.searchParams.keys()].filter((name) => name !== 'version');
    if (unknown.length > 0) return fail(response, 400, `unknown query ${unknown.join(', ')}`);
    const versions = store.get(`${mount}/${rest}`) ?? [];
    const wanted = Number(url.searchParams.get('version') ?? 0);
    if (!Number.isInteger(wanted) || wanted < 0) return fail(response, 400, `bad version ${url.search}`);
    const number = wanted === 0 ? versions.length : wanted;
    const version = versions[number - 1];
    if (!version) return answer(response, 404, { errors: [] });
    const { data, deletion_time, destroyed } = version;
    const metadata = {
      created_time: '2024-01-01T00:00:00Z',
      custom_metadata: null,
      deletion_time,
      destroyed,
    };
    const isGone = destroyed || deletion_time !== '';
    answer(response, isGone ? 404 : 200, {
      ...envelope,
      data: { data: isGone ? null : data, metadata: { ...metadata, version: number } },
    });
  };

  const logIn = async (request: IncomingMessage, response: ServerResponse) => {
    const given: unknown = JSON.parse(await bodyOf(request));
    const isKnown = JSON.stringify(given) === JSON.stringify(options.login);
    if (!isKnown) return answer(response, 403, { errors: ['permission denied'] });
    answer(response, 200, {
      ...envelope,
      auth: { client_token: options.token, policies: ['default'], lease_duration: 3600, renewable: true },
    });
  };

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://twin');
    const { method, headers } = request;
    if (state === 'hung') return;
    const strange = Object.keys(headers).filter((name) => !KNOWN_HEADERS.has(name));
    if (strange.length > 0) return fail(response, 400, `unknown header ${strange.join(', ')}`);
    if (headers['x-vault-request'] !== 'true') return fail(response, 400, 'X-Vault-Request is missing');
    const isLogin = url.pathname === '/v1/auth/kubernetes/login' && method === 'POST' && options.login;
    const isRead = /^\/v1\/[^/]+(?:\/[^/]+)*\/data\/[^/]+/.test(url.pathname) && method === 'GET';
    if (!isLogin && !isRead) return fail(response, 501, `unknown endpoint ${method} ${request.url}`);
    requests.push(`${method} ${request.url}`);
    if (state === 'sealed') return answer(response, 503, { errors: ['Vault is sealed'] });
    if (headers['x-vault-namespace'] !== options.namespace) return answer(response, 404, { errors: [] });
    if (isLogin) return void logIn(request, response);
    if (headers['x-vault-token'] !== options.token) {
      return answer(response, 403, {
        errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'],
      });
    }
    read(url, response);
  };
  const server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const change = (mount: string, path: string, version: number, to: Partial<Version>) => {
    const found = store.get(`${mount}/${path}`)?.[version - 1];
    if (!found) throw new Error(`the twin holds no version ${version} of ${mount}/${path}`);
    Object.assign(found, to);
  };
  return {
    address: `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures,
    requests,
    put: (mount, path, data) => {
      const versions = store.get(`${mount}/${path}`) ?? [];
      store.set(`${mount}/${path}`, [...versions, { data, deletion_time: '', destroyed: false }]);
    },
    delete: (mount, path, version) => change(mount, path, version, { deletion_time: '2024-02-01T00:00:00Z' }),
    destroy: (mount, path, version) => change(mount, path, version, { data: null, destroyed: true }),
    seal: () => {
      state = 'sealed';
    },
    hang: () => {
      state = 'hung';
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const envelope = {
  request_id: '00000000-0000-4000-8000-000000000000',
  lease_id: '',
  renewable: false,
  lease_duration: 0,
  wrap_info: null,
  warnings: null,
  auth: null,
};

/** `/v1/team/kv/data/apps/db` is the path `apps/db` in the mount `team/kv`. */
function splitData(pathname: string): [mount: string, path: string] {
  const decoded = pathname.slice('/v1/'.length).split('/').map(decodeURIComponent);
  const at = decoded.indexOf('data');
  return [decoded.slice(0, at).join('/'), decoded.slice(at + 1).join('/')];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
