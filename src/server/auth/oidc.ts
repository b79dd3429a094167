import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Graph } from '../../topology/graph.ts';
import { agentsOf } from './claims.ts';
import type { Credential, Refused, TokenVerifier } from './credential.ts';
import { IssuerAway, type IssuerSettings, openIssuerKeys } from './issuer-keys.ts';

/** What this server takes tokens of an OIDC issuer by. */
export interface OidcSettings extends IssuerSettings {
  /** The audience that a token has to be made for: this server's own URL, as its clients name it. */
  readonly audience: string;
  /** A scope that every token has to have been given. */
  readonly scope?: string;
}

/** Tokens are signed by a key that this server does not have; nothing symmetric, and never `none`. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Kinds of JWT that may be an access token (RFC 9068 §4; many issuers say only JWT). Others, such as logout tokens, are signed with the same keys. */
const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt']);
/** Clocks may differ by so much. */
const LEEWAY_S = 30;

export interface OidcVerifier extends TokenVerifier {
  /** Whether the issuer's keys are at hand. */
  isReady(): boolean;
  /** Fetches them if they are not. Never rejects. */
  warm(): Promise<void>;
}

/** Takes access tokens (JWT) of one issuer, and maps their claims to the agents of the topology in force. */
export function openOidc(
  settings: OidcSettings,
  {
    graph,
    onProblem,
    now = Date.now,
  }: { graph: () => Graph; onProblem(message: string): void; now?: () => number },
): OidcVerifier {
  const keys = openIssuerKeys(settings, { onProblem, now });
  const claimsOf = async (token: string): Promise<JWTPayload> => {
    assertType(token);
    const { payload } = await jwtVerify(token, keys.keyOf, {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: ALGORITHMS,
      clockTolerance: LEEWAY_S,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(now()),
    });
    assertPlain(payload, now());
    return payload;
  };
  const mapped = (claims: JWTPayload): string | Refused => {
    const [agent, ...others] = agentsOf(graph(), claims);
    if (agent === undefined)
      return {
        refused: 'unmapped',
        message: 'the token is good, and the topology names no agent that it is',
      };
    if (others.length === 0) return agent;
    onProblem(`a token of the issuer is ${[agent, ...others].join(' and ')} at once, so it is refused`);
    return {
      refused: 'unmapped',
      message: 'the token is good, and the topology names more than one agent that it is',
    };
  };

  return {
    isReady: keys.areFresh,
    warm: keys.warm,
    async verify(token) {
      let claims: JWTPayload;
      try {
        claims = await claimsOf(token);
      } catch (error) {
        return refusalOf(error, keys.retryAfterMs);
      }
      const { scope } = settings;
      if (scope !== undefined && !scopesOf(claims).includes(scope))
        return { refused: 'scope', message: `the token was not given the scope ${scope}`, scope };
      const agent = mapped(claims);
      return typeof agent === 'string' ? credentialOf(agent, claims) : agent;
    },
  };

  function credentialOf(principal: string, claims: JWTPayload): Credential {
    const ends = ((claims.exp ?? 0) + LEEWAY_S) * 1000;
    const isStillMapped = () => {
      const agents = agentsOf(graph(), claims);
      return agents.length === 1 && agents[0] === principal;
    };
    return {
      principal,
      isLive: async () => now() < ends && isStillMapped(),
      isRevoked: async () => !isStillMapped(),
    };
  }
}

class Unfit extends Error {}

/** A token that belongs to a signature of another kind must not pass as one that opens this door. */
function assertType(token: string): void {
  const { typ } = headerOf(token);
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(typ.toLowerCase())))
    throw new Unfit('the token is no access token, by its typ');
}

function headerOf(token: string): { readonly typ?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw new Unfit('the bearer token is unknown, revoked or expired');
  }
}

function assertPlain(payload: JWTPayload, now: number): void {
  // Whoever shows such a token has to prove that he holds its key (RFC 8705, RFC 9449), which is not asked for here.
  if (payload.cnf !== undefined)
    throw new Unfit('the token is bound to a key of its client, and this server takes plain bearer tokens');
  if (payload.iat !== undefined && payload.iat > now / 1000 + LEEWAY_S)
    throw new Unfit('the token was made in the future, by its iat');
}

/** What jose finds wrong with the token itself. Whatever else goes wrong says nothing of the token. */
const FAULTS: readonly (new (...args: never[]) => Error)[] = [
  Unfit,
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

function refusalOf(error: unknown, retryAfterMs: number): Refused {
  if (FAULTS.some((fault) => error instanceof fault)) return { refused: 'invalid', message: faultOf(error) };
  const message =
    error instanceof IssuerAway
      ? 'the keys of the tokens’ issuer cannot be had just now'
      : 'the token cannot be checked just now';
  return { refused: 'unsure', of: 'issuer', message, retryAfterS: Math.ceil(retryAfterMs / 1000) };
}

/** In words of our own: what a library says could repeat a part of the token. */
function faultOf(error: unknown): string {
  if (error instanceof Unfit) return error.message;
  if (error instanceof errors.JWTExpired) return 'the token is expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return CLAIM_FAULTS[error.claim] ?? 'a claim of the token is missing or not as it has to be';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'the issuer has no such key as the token names';
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'the token is signed by an algorithm that is not taken here';
  return 'the token is not one that the issuer signed';
}

const CLAIM_FAULTS: Readonly<Record<string, string>> = {
  iss: 'the token is of another issuer',
  aud: 'the token was made for another server, by its aud',
  nbf: 'the token is not valid yet',
};

/** `scope` is words in one text (RFC 8693), `scp` a list or such a text, as some issuers have it. */
function scopesOf({ scope, scp }: JWTPayload): readonly unknown[] {
  const held: unknown = scope ?? scp;
  if (typeof held === 'string') return held.split(' ');
  return Array.isArray(held) ? held : [];
}
