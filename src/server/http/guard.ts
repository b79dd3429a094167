import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  localhostAllowedHostnames,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { challengeFor } from '../auth/challenge.ts';
import type { Credential, Refused } from '../auth/credential.ts';
import { STORE_AWAY } from '../auth/local-tokens.ts';
import { isLoopback } from './loopback.ts';

/** A request that is turned away before anything of it is read. */
export interface TurnedAway {
  readonly status: 401 | 403 | 503;
  readonly reason: 'host' | 'origin' | 'token' | 'issuer' | 'store';
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

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

/** What RFC 6750 lets a bearer token be, and no longer than a request's headers may be together. */
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,12000}={0,2})$/i;

const STATUS = { invalid: 401, scope: 403, unmapped: 403, unsure: 503 } as const;

/**
 * Whose request it is. The token is taken out of the request, so that nothing behind can log it or pass it on.
 * @param fallback who a request without a token is, where none is needed
 */
export async function authenticateRequest(
  request: IncomingMessage,
  authenticator: Authenticator,
  fallback: string = STACK_PRINCIPAL,
): Promise<Credential | TurnedAway> {
  const { authorization } = request.headers;
  delete request.headers.authorization;
  request.rawHeaders = [];
  const isRequired = await authenticator.isRequired();
  if (isRequired === false) {
    return {
      principal: fallback,
      isLive: async () => (await authenticator.isRequired()) === false,
      isRevoked: async () => (await authenticator.isRequired()) === true,
    };
  }
  if (isRequired === 'unsure') return turnedAway(STORE_AWAY, authenticator);
  if (authorization === undefined)
    return {
      status: 401,
      reason: 'token',
      message: 'this server needs a bearer token; stackward token create makes one',
      headers: headersFor('missing', authenticator),
    };
  const token = BEARER.exec(authorization)?.[1];
  const shown: Credential | Refused = token
    ? await authenticator.verify(token)
    : { refused: 'invalid', message: 'the bearer token is unknown, revoked or expired' };
  return 'refused' in shown ? turnedAway(shown, authenticator) : shown;
}

function turnedAway(shown: Refused, authenticator: Authenticator): TurnedAway {
  const retry = shown.refused === 'unsure' ? { 'retry-after': String(shown.retryAfterS) } : {};
  return {
    status: STATUS[shown.refused],
    reason: shown.refused === 'unsure' ? shown.of : 'token',
    message: shown.message,
    headers: { ...headersFor(shown.refused, authenticator), ...retry },
  };
}

function headersFor(
  refused: Refused['refused'] | 'missing',
  { metadata, scope }: Authenticator,
): Record<string, string> {
  const challenge = challengeFor(refused, {
    ...(metadata ? { metadataUrl: metadata.url } : {}),
    ...(scope === undefined ? {} : { scope }),
  });
  return challenge === undefined ? {} : { 'www-authenticate': challenge };
}
