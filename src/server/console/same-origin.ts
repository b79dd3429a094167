import type { IncomingMessage } from 'node:http';

/**
 * Whether a request to the console's API comes from the console's own page, or from no page at all.
 *
 * Cookies do not tell ports apart, so `SameSite` alone would let a page of another server on this machine act in the
 * operator's name. What changes something must say its origin, and it must be this very host and port.
 */
export function isFromOwnPage({ method, headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (method === 'GET' && headers.origin === undefined) return true;
  const origin = originOf(headers.origin);
  return origin !== undefined && origin.host === headers.host?.toLowerCase();
}

/** Whether the page that asks was loaded over TLS, which a proxy before this server ends. */
export const isOverTls = ({ headers }: IncomingMessage): boolean =>
  originOf(headers.origin)?.protocol === 'https:';

function originOf(text: string | undefined): URL | undefined {
  if (text === undefined || !/^https?:\/\//.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
