import { afterAll, beforeAll, expect, test } from 'vitest';
import { STACK_PRINCIPAL } from '../../../src/toolset/reach.ts';
import { reportOf } from '../../../src/versions/report.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type ArgoTwin, startArgoTwin, TOKEN } from '../../twins/argocd.ts';
import { deployed, seed } from './fixture.ts';

let twin: ArgoTwin;
let stack: TestStack;
beforeAll(async () => {
  twin = await startArgoTwin();
  seed(twin);
  stack = await openStack({
    topology: `stack: shop
components:
  cd: {type: argocd, url: ${twin.url}, credentials: {token: {env: ARGO_TOKEN}}, projects: {shop: {}}}
  app: {type: application}
links:
  - {from: app, to: cd, type: operates}
`,
    env: { ARGO_TOKEN: TOKEN, MCP_CD_WRITE_ACCESS: 'true' },
  });
});
afterAll(async () => {
  await stack.close();
  await twin.close();
});

async function rollBack(to: number) {
  const { history } = stack.stackward;
  const { digest } = await history.plan(STACK_PRINCIPAL, to);
  const run = { principal: STACK_PRINCIPAL, by: 'tester', signal: new AbortController().signal };
  return reportOf(await history.rollbacks.begin({ to, digest }, run));
}

test('a deployment comes back with the stack, proven, and is made again by rolling that back', async () => {
  const now = () => stack.stackward.history.versions.version();
  const [at, before] = [now(), deployed(twin, 'orders')];
  const result = await stack.call('argocd_sync', { application: 'orders' });
  expect(result.isError, JSON.stringify(result.content)).toBe(false);
  const [synced, after] = [now(), deployed(twin, 'orders')];
  expect(after).not.toEqual(before);
  expect(await rollBack(at)).toMatchObject({ at_target: true, results: [{ result: 'restored' }] });
  expect(deployed(twin, 'orders')).toEqual(before);
  expect(await rollBack(synced)).toMatchObject({ results: [{ result: 'restored_unverified' }] });
  expect(deployed(twin, 'orders')).toEqual(after);
  expect(await rollBack(at)).toMatchObject({ at_target: true });
  expect(deployed(twin, 'orders')).toEqual(before);
});
