import { onTestFinished } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import type { OidcSettings } from '../../src/server/auth/oidc.ts';
import type { HttpOptions } from '../../src/server/http.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import { type OidcIssuer, startOidcIssuer, type TokenParts } from '../twins/oidc-issuer.ts';
import { modernCall, type RawAnswer } from './raw-http.ts';
import { type Fixture, openFixtureStack, serveFixture } from './stackward.ts';

export const AUDIENCE = 'https://stackward.example/mcp';

/** Two agents that an issuer's tokens tell, and a third by a claim that both others may have, too. */
export const TOPOLOGY = `stack: fixture
components:
  store: {type: box, drawers: {a: {}, b: {}}}
  helper: {type: agent, identity: {claims: {sub: agent-7, client_id: triage-client}}}
  watcher: {type: agent, identity: {claims: {/org.example/team: night, groups: [sre, watch]}}}
  twin: {type: agent, identity: {claims: {groups: twins}}}
  other: {type: agent}
links:
  - {from: helper, to: store, type: uses}
  - {from: watcher, to: store, type: looks}
`;

export interface WithIssuer {
  readonly url: string;
  readonly fixture: Fixture;
  readonly issuer: OidcIssuer;
  readonly problems: string[];
  /** A token of the issuer for this server. */
  token(parts?: TokenParts): Promise<string>;
  /** A token of Stackward's own. */
  own(principal: string): Promise<string>;
  /** Writes a row with a token. */
  put(token: string): Promise<RawAnswer>;
  /** How often the row was written. */
  puts(): number;
}

/** A fixture that takes tokens of an issuer, until the test ends. */
export async function openWithIssuer(
  options: {
    oidc?: Partial<OidcSettings>;
    http?: Partial<HttpOptions>;
    topology?: string;
    watch?: boolean;
    prepare?: (issuer: OidcIssuer) => void | Promise<void>;
  } = {},
): Promise<WithIssuer> {
  const issuer = await startOidcIssuer();
  onTestFinished(() => issuer.close());
  await options.prepare?.(issuer);
  const fixture = await openFixtureStack({
    topology: options.topology ?? TOPOLOGY,
    watch: options.watch ?? false,
  });
  onTestFinished(() => fixture.close());
  const problems: string[] = [];
  const { openLogger } = await import('../../src/server/logger.ts');
  const logger = openLogger('silent');
  logger.error = (message: unknown) => void problems.push(String(message));
  const serving = await serveFixture(fixture, {
    oidc: { issuer: issuer.issuer, audience: AUDIENCE, ...options.oidc },
    logger,
    ...options.http,
  });
  onTestFinished(() => serving.close());
  return {
    url: serving.url,
    fixture,
    issuer,
    problems,
    token: (parts) => issuer.token(AUDIENCE, parts),
    own: async (principal) => (await makeToken(openTokenFiles(fixture.dataDir), { principal })).token,
    put: (token) =>
      modernCall(serving.url, 'box_put', { target: 'store/a', key: 'k', value: 'v' }, { token }),
    puts: () => fixture.box.ran.get('box_put') ?? 0,
  };
}
