import { afterEach } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import type { HttpOptions } from '../../src/server/http.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import type { TokenStore } from '../../src/store/tokens.ts';
import { type Fixture, openFixtureStack, serveFixture } from './stackward.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

export interface Served {
  readonly url: string;
  readonly fixture: Fixture;
  /** Makes a token for a principal; from then on every request needs one. */
  token(principal: string, expires?: Date): Promise<{ id: string; token: string }>;
  /** Where its tokens lie. */
  readonly tokens: TokenStore;
}

/** A fixture served over HTTP until the test ends. */
export async function openServed(
  options: Partial<HttpOptions> & { watch?: boolean; operatorApproval?: boolean } = {},
): Promise<Served> {
  const { watch = false, operatorApproval = false } = options;
  const fixture = await openFixtureStack({ watch, operatorApproval });
  open.push(fixture);
  const tokens = openTokenFiles(fixture.dataDir);
  const serving = await serveFixture(fixture, options);
  open.push(serving);
  return {
    url: serving.url,
    fixture,
    tokens,
    token: (principal, expires) => makeToken(tokens, { principal, ...(expires ? { expires } : {}) }),
  };
}
