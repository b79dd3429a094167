import { writeFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import type { HttpOptions } from '../../src/server/http.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import { openPage } from '../harness/browser.ts';
import { openFixtureStack, serveFixture } from '../server/stackward.ts';

/** Every kind of link that the console tells apart. */
export const TOPOLOGY = `stack: shop
components:
  store: {type: box, drawers: {orders: {}, billing: {}}}
  archive: {type: box, drawers: {old: {}}, protected: true}
  mirror: {type: box, drawers: {copy: {}}}
  ledger: {type: box, is_external: true, stack: finance}
  triage: {type: agent}
  auditor: {type: agent}
links:
  - {from: triage, to: store, type: uses}
  - {from: triage, to: archive, type: uses}
  - {from: auditor, to: store, type: looks}
  - {from: store, to: mirror, type: uses}
  - {from: store, to: ledger, type: uses}
`;

/** The shop without the agent's link to the store. */
export const UNLINKED = TOPOLOGY.replace('  - {from: triage, to: store, type: uses}\n', '');

/** A shop with its console served, until the test ends. */
export async function openShop(
  options: Partial<HttpOptions> & { topology?: string; env?: Record<string, string> } = {},
) {
  const { topology = TOPOLOGY, env, ...http } = options;
  const fixture = await openFixtureStack({ topology, watch: true, ...(env ? { env } : {}) });
  onTestFinished(() => fixture.close());
  const tokens = openTokenFiles(fixture.dataDir);
  const serving = await serveFixture(fixture, { localOperator: true, ...http });
  onTestFinished(() => serving.close());
  return {
    fixture,
    url: serving.url,
    /** Opens the console at a place such as `audit?tool=box_get`. */
    see: (place = '', window?: Parameters<typeof openPage>[1]) =>
      openPage(`${serving.url}/console/${place}`, window),
    edit: (text: string) => writeFile(fixture.file, text),
    tokens,
    token: (principal: string) => makeToken(tokens, { principal }),
    /** Calls a tool; a refusal is an answer like any other. */
    call: (tool: string, args: Record<string, unknown>, as?: string) =>
      fixture.call(tool, args, as === undefined ? {} : { as }),
  };
}
