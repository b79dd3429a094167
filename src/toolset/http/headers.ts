import { ToolError } from '../errors.ts';
import type { Identity } from './connection.ts';

/**
 * The headers that say who calls. Throws ToolError('secret_unavailable') for a token that no header can carry.
 * Hand them to the client alone: they hold the credential.
 */
export const headersOf = ({ credentials, tenant }: Identity): Readonly<Record<string, string>> => ({
  ...(credentials ? { authorization: authorizationOf(credentials) } : {}),
  ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
});

/** What an operator should be warned of, about the way that credentials take to `url`; undefined when nothing. */
export const warningOf = (url: string, { credentials }: Identity): string | undefined =>
  credentials && sendsInClear(url)
    ? 'credentials are sent over plain http to another machine; use https'
    : undefined;

/** Whether what is sent to `url` can be read on its way to another machine. */
export const sendsInClear = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
};

function authorizationOf(credentials: NonNullable<Identity['credentials']>): string {
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
