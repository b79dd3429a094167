import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openStack, type TestStack } from '../harness/stack.ts';
import { seed } from '../services/argocd/fixture.ts';
import { type ArgoTwin, startArgoTwin, TOKEN } from '../twins/argocd.ts';

/** Writes past what a link, its cap, a flag or a protection leaves open, through the whole pipeline. */
let twin: ArgoTwin;
let stack: TestStack;
beforeAll(async () => {
  twin = await startArgoTwin();
  const cd = (more = '') =>
    `{type: argocd, url: '${twin.url}', credentials: {token: {env: ARGO_TOKEN}}${more}`;
  stack = await openStack({
    topology: `stack: shop
components:
  cd: ${cd(', projects: {shop: {}, finance: {}}}')}
  kept: ${cd(', protected: true, projects: {shop: {}}}')}
  shut: ${cd(', projects: {shop: {}}}')}
  narrow: {type: agent}
  capped: {type: agent}
  watcher: {type: agent}
  stranger: {type: agent}
links:
  - {from: narrow, to: cd, type: operates, projects: {shop: {applications: [orders]}}}
  - {from: capped, to: cd, type: operates, access: read}
  - {from: watcher, to: cd, type: observes}
  - {from: narrow, to: kept, type: operates}
  - {from: narrow, to: shut, type: operates}
`,
    env: { ARGO_TOKEN: TOKEN, MCP_CD_WRITE_ACCESS: 'true', MCP_KEPT_WRITE_ACCESS: 'true' },
  });
});
beforeEach(() => {
  seed(twin);
  twin.forget();
});
afterAll(async () => {
  await stack.close();
  await twin.close();
});

const WRITES = {
  argocd_sync: { application: 'orders' },
  argocd_rollback: { application: 'orders', id: 0 },
  argocd_deploy_irreversibly: { application: 'orders' },
  argocd_refresh: { application: 'orders' },
};

test.each([
  ['capped', 'cd/shop', {}],
  ['watcher', 'cd/shop', {}],
  ['stranger', 'cd/shop', {}],
  ['narrow', 'cd/finance', {}],
  ['narrow', 'cd/shop', { application: 'payments' }],
  ['narrow', 'kept/shop', {}],
  ['narrow', 'shut/shop', {}],
  ['narrow', 'cd', {}],
  ['narrow', 'cd/shop', { application: '*' }],
])('%s on %s with %j writes nothing', async (as, target, more) => {
  for (const [tool, args] of Object.entries(WRITES)) {
    const result = await stack.call(tool, { ...args, ...more, target }, { as });
    expect(result.isError, tool).toBe(true);
  }
  expect(twin.writes()).toEqual([]);
  expect(twin.violations).toEqual([]);
});

test('what the link leaves open is written', async () => {
  const result = await stack.call(
    'argocd_sync',
    { application: 'orders', target: 'cd/shop' },
    { as: 'narrow' },
  );
  expect(result.isError, JSON.stringify(result.content)).toBe(false);
  expect(twin.writes()).toHaveLength(2);
});
