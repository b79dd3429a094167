import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  localhostAllowedHostnames,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { TokenVerifier } from '../tokens.ts';

/** A request that is turned away before anything of it is read. */
export interface TurnedAway {
  readonly status: 401 | 403;
  readonly reason: 'host' | 'origin' | 'token';
  readonly message: string;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/**
 * Host names that a request may be addressed to.
 *
 * Off loopback the machine's own addresses count too: rebinding needs a name, so an address proves that it is none.
 */
export function hostNamesFor(host: string, allowed: readonly string[]): string[] {
  if (isLoopback(host)) return [...localhostAllowedHostnames(), ...allowed];
  const own = Object.values(networkInterfaces()).flatMap((ones) => ones ?? []);
  const addresses = own.map(({ address }) => (isIP(address) === 6 ? `[${address}]` : address));
  return [...localhostAllowedHostnames(), host, ...addresses, ...allowed];
}

/** DNS rebinding: a page of another origin reaches us under its own name, and both headers tell. */
export function checkOrigin(
  { headers }: IncomingMessage,
  names: { hosts: string[]; origins: string[] },
): TurnedAway | undefined {
  if (!validateHostHeader(headers.host, names.hosts).ok)
    return {
      status: 403,
      reason: 'host',
      message: 'this server is not served under that Host; see --allow-host',
    };
  if (!validateOriginHeader(headers.origin, names.origins).ok)
    return {
      status: 403,
      reason: 'origin',
      message: 'pages of that Origin may not use this server; see --allow-origin',
    };
  return undefined;
}

/**
 * Whose request it is. The token is taken out of the request, so that nothing behind can log it or pass it on.
 * @param fallback who a request without a token is, where none is needed
 */
export function authenticateRequest(
  request: IncomingMessage,
  tokens: TokenVerifier,
  fallback: string = STACK_PRINCIPAL,
): { principal: string } | TurnedAway {
  const { authorization } = request.headers;
  delete request.headers.authorization;
  request.rawHeaders = [];
  if (!tokens.isRequired()) return { principal: fallback };
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization ?? '')?.[1];
  const principal = token === undefined ? undefined : tokens.principalOf(token);
  if (principal !== undefined) return { principal };
  const message =
    authorization === undefined
      ? 'this server needs a bearer token; stackward token create makes one'
      : 'the bearer token is unknown, revoked or expired';
  return { status: 401, reason: 'token', message };
}
