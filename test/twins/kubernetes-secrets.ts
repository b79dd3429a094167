import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A strict twin of one endpoint of the Kubernetes API: reading a Secret by name, with a bearer token.
 * Whatever it does not know is a failure that a test can assert on, and is answered as an error.
 *
 * - https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/#get-read-the-specified-secret
 * - errors are a `Status`: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export interface KubernetesSecretsTwin {
  readonly server: string;
  /** Everything that the real API server would not have understood. */
  readonly failures: readonly string[];
  /** Path of each request that was understood. */
  readonly requests: readonly string[];
  /** Stores a Secret; its values are encoded here as the API does. */
  put(namespace: string, name: string, values: Record<string, string | Buffer>): void;
  /** Refuses to read it, as a role without `get` would be. */
  forbid(namespace: string, name: string): void;
  /** Text of a kubeconfig file with this server under a context. */
  kubeconfig(context: string, token: string): string;
  close(): Promise<void>;
}

const PATH = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/;
const KNOWN_HEADERS = new Set('host connection accept accept-encoding user-agent authorization'.split(' '));

/** Starts one on a free loopback port. */
export async function startKubernetesSecretsTwin(token: string): Promise<KubernetesSecretsTwin> {
  const store = new Map<string, Record<string, string | Buffer>>();
  const forbidden = new Set<string>();
  const failures: string[] = [];
  const requests: string[] = [];

  const fail = (response: ServerResponse, code: number, message: string) => {
    failures.push(message);
    refuse(response, code, 'BadRequest', message);
  };

  const httpServer = createServer((request, response) => {
    const { method, url = '', headers } = request;
    const strange = Object.keys(headers).filter((name) => !KNOWN_HEADERS.has(name));
    if (strange.length > 0) return fail(response, 400, `unknown header ${strange.join(', ')}`);
    const match = method === 'GET' ? PATH.exec(url) : null;
    if (!match) return fail(response, 501, `unknown endpoint ${method} ${url}`);
    if (!headers.accept?.includes('application/json')) return fail(response, 406, 'accept: application/json');
    requests.push(url);
    const [namespace, name] = match.slice(1).map(decodeURIComponent) as [string, string];
    const place = `${namespace}/${name}`;
    if (headers.authorization !== `Bearer ${token}`)
      return refuse(response, 401, 'Unauthorized', 'Unauthorized');
    if (forbidden.has(place)) {
      return refuse(
        response,
        403,
        'Forbidden',
        `secrets "${name}" is forbidden: cannot get resource "secrets"`,
      );
    }
    const values = store.get(place);
    if (!values) return refuse(response, 404, 'NotFound', `secrets "${name}" not found`);
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    const metadata = { name, namespace, uid: '00000000-0000-4000-8000-000000000000', resourceVersion: '7' };
    answer(response, 200, { kind: 'Secret', apiVersion: 'v1', metadata, data, type: 'Opaque' });
  });
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
  const server = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;

  return {
    server,
    failures,
    requests,
    put: (namespace, name, values) => void store.set(`${namespace}/${name}`, values),
    forbid: (namespace, name) => void forbidden.add(`${namespace}/${name}`),
    kubeconfig: (context, given) => kubeconfig(server, context, given),
    close: () =>
      new Promise((resolve) => {
        httpServer.close(() => resolve());
        httpServer.closeAllConnections();
      }),
  };
}

const kubeconfig = (server: string, context: string, token: string) =>
  // JSON is YAML. The driver talks plain http only to a cluster whose certificate it need not check.
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'twin', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'tester', user: { token } }],
    contexts: [{ name: context, context: { cluster: 'twin', user: 'tester' } }],
    'current-context': context,
  });

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  answer(response, code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
