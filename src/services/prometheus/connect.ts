import type { Resolved } from '../../secrets/reference.ts';
import type { Connector, Endpoint } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { createReader } from './client.ts';
import type { PrometheusConnection } from './connection.ts';
import type { PrometheusTypes } from './tool.ts';

type Settings = Resolved<PrometheusConnection>;

/** Opens readers; Prometheus has nothing that Stackward would write. */
export const connector: Connector<PrometheusTypes, PrometheusConnection> = {
  async openReader({ connection, warn }: Endpoint<PrometheusConnection>) {
    if (connection.credentials && sendsInClear(connection.url)) {
      warn('credentials are sent over plain http to another machine; use https');
    }
    return { client: createReader(connection.url, headersOf(connection)), close: async () => {} };
  },
  async openWriter() {
    throw new ToolError('write_refused', 'Prometheus is read here and never written');
  },
};

const sendsInClear = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
};

const headersOf = ({ credentials, tenant }: Settings): Record<string, string> => ({
  ...(credentials ? { authorization: authorizationOf(credentials) } : {}),
  ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
});

function authorizationOf(credentials: NonNullable<Settings['credentials']>): string {
  if ('password' in credentials) {
    const pair = `${credentials.user}:${credentials.password.expose()}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const token = credentials.token.expose();
  // `fetch` would quote a header value that it refuses, token and all, in its error.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ToolError('secret_unavailable', 'the token holds characters that no HTTP header can carry');
  }
  return `Bearer ${token}`;
}
