import { afterEach } from 'vitest';
import type { HttpOptions } from '../../src/server/http.ts';
import { createToken, tokensFileOf } from '../../src/server/tokens.ts';
import { type Fixture, openFixtureStack, serveFixture } from './stackward.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

export interface Served {
  readonly url: string;
  readonly fixture: Fixture;
  /** Makes a token for a principal; from then on every request needs one. */
  token(principal: string, expires?: Date): { id: string; token: string };
}

/** A fixture served over HTTP until the test ends. */
export async function openServed(
  options: Partial<HttpOptions> & { watch?: boolean; operatorApproval?: boolean } = {},
): Promise<Served> {
  const { watch = false, operatorApproval = false } = options;
  const fixture = await openFixtureStack({ watch, operatorApproval });
  open.push(fixture);
  const serving = await serveFixture(fixture, options);
  open.push(serving);
  return {
    url: serving.url,
    fixture,
    token: (principal, expires) =>
      createToken(tokensFileOf(fixture.dataDir), { principal, ...(expires ? { expires } : {}) }),
  };
}
