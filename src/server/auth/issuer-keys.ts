import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { parseJson } from '../../toolset/http/failure.ts';
import { readBounded } from '../../toolset/http/read-bounded.ts';
import { isTrustworthyUrl } from '../http/loopback.ts';

/** More than any issuer's documents need. */
const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 100;

const Discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
const KeySet = z.looseObject({ keys: z.array(z.looseObject({})).max(MAX_KEYS) });

export interface IssuerSettings {
  /** As the issuer itself writes it, to the letter. */
  readonly issuer: string;
  /** Where its keys are, where its own discovery is not to be asked. */
  readonly jwks?: string;
  readonly timing?: Partial<IssuerTiming>;
}

/** All in milliseconds. */
export interface IssuerTiming {
  /** Keys that are older are fetched anew before they are used. */
  readonly maxAge: number;
  /** A key that is not known makes the keys be fetched anew at most so often. */
  readonly coolDown: number;
  /** After a failure the issuer is left alone for so long. */
  readonly afterFailure: number;
  readonly timeout: number;
}

const TIMING: IssuerTiming = { maxAge: 600_000, coolDown: 30_000, afterFailure: 5_000, timeout: 5_000 };

/** The issuer, or what it says of its keys, cannot be had. */
export class IssuerAway extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IssuerAway';
  }
}

/** The public keys of one issuer, fetched from it alone, and kept for a while. */
export interface IssuerKeys {
  /** Rejects with IssuerAway, or with one of jose's errors for a token whose key the issuer does not have. */
  readonly keyOf: JWTVerifyGetKey;
  /** Whether keys are at hand that may still be used. */
  areFresh(): boolean;
  /** Fetches the keys if they are not fresh. Never rejects. */
  warm(): Promise<void>;
  readonly retryAfterMs: number;
}

export function openIssuerKeys(
  { issuer, jwks, timing }: IssuerSettings,
  { onProblem, now = Date.now }: { onProblem(message: string): void; now?: () => number },
): IssuerKeys {
  const { maxAge, coolDown, afterFailure, timeout } = { ...TIMING, ...timing };
  let failed: { readonly at: number; readonly error: IssuerAway } | undefined;
  const load = async (signal: AbortSignal): Promise<Response> => {
    // Whoever sends made-up tokens must not make this server knock at a door that does not open.
    if (failed && now() - failed.at < afterFailure) throw failed.error;
    try {
      const keys = await fetchJson(jwks ?? (await discover(issuer, signal)), signal);
      if (!KeySet.safeParse(keys).success) throw new IssuerAway('what it serves is no set of keys');
      failed = undefined;
      return Response.json(keys);
    } catch (cause) {
      const why = cause instanceof IssuerAway ? cause.message : 'it did not answer in time';
      const error = new IssuerAway(`the keys of ${issuer} cannot be had: ${why}`, { cause });
      failed = { at: now(), error };
      onProblem(error.message);
      throw error;
    }
  };
  // Its URL is not asked: `load` finds out where the keys are each time, so that they may move.
  const remote = createRemoteJWKSet(new URL(issuer), {
    cacheMaxAge: maxAge,
    cooldownDuration: coolDown,
    timeoutDuration: timeout,
    [customFetch]: (_url, { signal }) => load(signal),
  });
  return {
    keyOf: remote,
    areFresh: () => remote.fresh,
    warm: () => (remote.fresh ? Promise.resolve() : remote.reload().catch(() => {})),
    retryAfterMs: afterFailure,
  };
}

/**
 * Where an issuer says that its keys are (OpenID Connect Discovery 1.0 §4, else RFC 8414 §3). They have to be at the
 * issuer's own origin: a document that points elsewhere would let somebody else make tokens.
 */
async function discover(issuer: string, signal: AbortSignal): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const document =
    (await fetchJson(`${origin}${path}/.well-known/openid-configuration`, signal)) ??
    (await fetchJson(`${origin}/.well-known/oauth-authorization-server${path}`, signal));
  const { data: found } = Discovery.safeParse(document);
  if (!found) throw new IssuerAway('its discovery document names no issuer and jwks_uri');
  if (found.issuer !== issuer) throw new IssuerAway('its discovery document names another issuer');
  if (!isTrustworthyUrl(found.jwks_uri) || new URL(found.jwks_uri).origin !== origin)
    throw new IssuerAway('its jwks_uri is at another origin; name it with --oidc-jwks if that is meant');
  return found.jwks_uri;
}

/** The JSON that is served there; undefined when there is nothing. No redirect is followed. */
async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal });
    text = await readBounded(response, MAX_BYTES, 'an issuer’s documents are smaller');
  } catch (cause) {
    throw new IssuerAway(signal.aborted ? 'it did not answer in time' : 'it cannot be reached', { cause });
  }
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw new IssuerAway(`it answers with status ${response.status}`);
  return parseJson(text);
}
