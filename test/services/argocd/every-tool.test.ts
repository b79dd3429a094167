import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVICES } from '../../../src/services/index.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type ArgoTwin, startArgoTwin, TOKEN } from '../../twins/argocd.ts';
import { HELM_VALUE, POD, seed } from './fixture.ts';

let twin: ArgoTwin;
let stack: TestStack;
beforeAll(async () => {
  twin = await startArgoTwin();
  seed(twin);
  stack = await openStack({
    topology: `stack: shop
components:
  cd:
    type: argocd
    url: ${twin.url}
    credentials: {token: {env: ARGO_TOKEN}}
    projects: {shop: {applications: [orders, payments, fresh]}, finance: {}}
  triage: {type: agent}
  watcher: {type: agent}
links:
  - {from: triage, to: cd, type: operates, projects: {shop: {applications: [orders]}}}
  - {from: watcher, to: cd, type: observes}
`,
    env: { ARGO_TOKEN: TOKEN, MCP_CD_WRITE_ACCESS: 'true' },
    operatorApproval: true,
  });
});
afterAll(async () => {
  await stack.close();
  await twin.close();
});

const TOOLS = SERVICES.get('argocd')?.tools ?? [];
const application = 'orders';
const CALLS: readonly (readonly [string, Record<string, unknown>])[] = [
  ['argocd_list_projects', {}],
  ['argocd_list_applications', {}],
  ['argocd_get_application', { application }],
  ['argocd_resource_tree', { application }],
  ['argocd_diff', { application }],
  ['argocd_history', { application, commit_of: 0 }],
  ['argocd_events', { application, resource: { kind: 'Pod', name: POD } }],
  ['argocd_logs', { application, pod: POD }],
  ['argocd_refresh', { application, hard: true }],
  ['argocd_sync', { application }],
  ['argocd_rollback', { application, id: 1 }],
];

test('every tool is called, here or with an approval', () => {
  const called = [...CALLS.map(([name]) => name), 'argocd_deploy_irreversibly'];
  expect(called.sort()).toEqual(TOOLS.map(({ name }) => name).sort());
});

test.each(CALLS)('%s answers in the shape that it advertises', async (name, args) => {
  const result = await stack.call(name, args, { as: 'triage' });
  expect(result.isError, JSON.stringify(result.content)).toBe(false);
  const tool = TOOLS.find((one) => one.name === name);
  expect(tool?.output.safeParse(result.structuredContent).error?.issues).toBeUndefined();
  const text = JSON.stringify(result);
  for (const secret of [HELM_VALUE, 'repo-pass', TOKEN, 'role-token-id']) expect(text).not.toContain(secret);
  expect(twin.violations).toEqual([]);
});

test('argocd_deploy_irreversibly waits for a human, and then deploys', async () => {
  const args = { application };
  const asked = await stack.call('argocd_deploy_irreversibly', args, { as: 'triage' });
  expect(asked.isError).toBe(true);
  twin.forget();
  const [pending] = (await stack.stackward.approvals.list()).filter(({ state }) => state === 'waiting');
  if (!pending) throw new Error('nothing waits for approval');
  await stack.stackward.approvals.decide(pending.id, { decision: 'approved', by: 'ada', reason: '' });
  const result = await stack.call('argocd_deploy_irreversibly', args, { as: 'triage' });
  expect(result.isError, JSON.stringify(result.content)).toBe(false);
  const tool = TOOLS.find(({ name }) => name === 'argocd_deploy_irreversibly');
  expect(tool?.output.parse(result.structuredContent)).toMatchObject({ phase: 'Succeeded' });
});

test('a deployment tells its progress', async () => {
  seed(twin);
  const told: string[] = [];
  const never = () => Promise.reject(new Error('not asked for'));
  const peer = {
    progress: async (_: number, __?: number, message = '') => void told.push(message),
    log: never,
    elicit: never,
    sample: never,
  };
  const signal = new AbortController().signal;
  const call = { principal: 'triage', id: 900, toolName: 'argocd_sync', args: { application }, signal, peer };
  await stack.stackward.call(call);
  expect(told).toEqual(['Running: 0 resources', 'Running: 0 resources']);
});

test('a link that names some applications shows no other', async () => {
  const { structuredContent } = await stack.call('argocd_list_applications', {}, { as: 'triage' });
  const found = (structuredContent as { applications: { application: string }[] }).applications;
  expect(found.map(({ application: name }) => name)).toEqual(['orders']);
});

test('one who observes has no tool that writes', () => {
  const writes = TOOLS.filter(({ access }) => access === 'write').map(({ name }) => name);
  expect(writes).toHaveLength(4);
  expect(stack.tools('watcher').filter((name) => writes.includes(name))).toEqual([]);
  expect(stack.tools('triage')).toEqual(expect.arrayContaining(writes));
});
