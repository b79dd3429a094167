import {
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { type HttpTwin, Strange, startHttpTwin, type TwinRequest } from './http-twin.ts';

const PATH = '/realms/shop';

/** What a token is made of; absent parts are those of a good one. */
export interface TokenParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with the key of this id instead of the newest. */
  readonly key?: string;
  /** Claims that are left out. */
  readonly without?: readonly string[];
}

/** An issuer of access tokens by OpenID Connect Discovery 1.0, RFC 7517 and RFC 9068. */
export interface OidcIssuer extends HttpTwin {
  readonly issuer: string;
  /** The discovery document, which a test may spoil. */
  readonly document: Record<string, unknown>;
  /** What the set of keys holds beside the keys that are published, or instead. */
  jwks: { keys: unknown[] } | unknown;
  /** Where the document is: OIDC's place, or the one of RFC 8414. */
  place: 'openid-configuration' | 'oauth-authorization-server';
  /** Makes a key and signs with it from now on; `published` says which keys may be seen. */
  rotate(options?: { alg?: string; published?: readonly string[] }): Promise<string>;
  /** A signed token for an audience. */
  token(audience: string, parts?: TokenParts): Promise<string>;
}

/** Starts an issuer with one key. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  const pairs = new Map<string, { alg: string; pair: GenerateKeyPairResult; jwk: JWK }>();
  let newest = '';
  const twin = await startHttpTwin(['accept'], (request) => {
    if (request.method !== 'GET' || request.query.length > 0)
      throw new Strange(`${request.method} with a query`);
    return answer(issuer, request);
  });
  const base = `${twin.url}${PATH}`;
  const issuer: OidcIssuer = {
    ...twin,
    issuer: base,
    document: {
      issuer: base,
      jwks_uri: `${base}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    },
    jwks: { keys: [] },
    place: 'openid-configuration',
    async rotate({ alg = 'ES256', published } = {}) {
      const kid = `key-${pairs.size + 1}`;
      const pair = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' };
      pairs.set(kid, { alg, pair, jwk });
      newest = kid;
      const shown = published ?? [kid];
      issuer.jwks = {
        keys: [...pairs.values()].filter((one) => shown.includes(one.jwk.kid ?? '')).map((one) => one.jwk),
      };
      return kid;
    },
    async token(audience, { claims = {}, header = {}, key = newest, without = [] } = {}) {
      const signer = pairs.get(key);
      if (!signer) throw new Error(`the issuer has no key ${key}`);
      const now = Math.floor(Date.now() / 1000);
      const all: Record<string, unknown> = {
        iss: base,
        aud: audience,
        sub: 'agent-7',
        client_id: 'triage-client',
        iat: now,
        exp: now + 300,
        jti: `id-${Math.random()}`,
        ...claims,
      };
      for (const name of without) delete all[name];
      return new SignJWT(all)
        .setProtectedHeader({ kid: key, typ: 'at+jwt', ...header, alg: signer.alg } as JWTHeaderParameters)
        .sign(signer.pair.privateKey, { crit: { 'urn:example:x': true } });
    },
  };
  await issuer.rotate();
  return issuer;
}

function answer(issuer: OidcIssuer, { path }: TwinRequest) {
  const documents = {
    'openid-configuration': `${PATH}/.well-known/openid-configuration`,
    'oauth-authorization-server': `/.well-known/oauth-authorization-server${PATH}`,
  };
  if (path === documents[issuer.place]) return { status: 200, json: issuer.document };
  // A client may ask for the one that is not there, and nothing else.
  if (Object.values(documents).includes(path)) return { status: 404, text: '' };
  if (path === `${PATH}/keys`) return { status: 200, json: issuer.jwks };
  throw new Strange(path);
}
