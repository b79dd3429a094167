import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onCall } from '../../../src/services/on-call/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { API_TOKEN, type PagerDutyTwin, ROUTING_KEY, SERVICE } from '../../twins/pagerduty.ts';
import type { SlackTwin } from '../../twins/slack.ts';
import { HOOK_SECRET, HOOK_TOKEN, type WebhookTwin } from '../../twins/webhook.ts';
import { expectStrict, somePage, startTwins } from './lab.ts';

let pagerduty: PagerDutyTwin;
let slack: SlackTwin;
let hook: WebhookTwin;
let twins: Awaited<ReturnType<typeof startTwins>>;
let stack: TestStack;
beforeAll(async () => {
  twins = await startTwins();
  ({ pagerduty, slack, hook } = twins);
  stack = await openStack({
    topology: topologyOf(pagerduty.url, hook.hook),
    env: {
      PD_KEY: ROUTING_KEY,
      PD_TOKEN: API_TOKEN,
      SLACK_URL: slack.webhook,
      HOOK_TOKEN,
      HOOK_SECRET,
      MCP_PAGER_WRITE_ACCESS: 'true',
      MCP_CHANNEL_WRITE_ACCESS: 'true',
      MCP_HOOK_WRITE_ACCESS: 'true',
    },
  });
});
afterAll(async () => {
  for (const twin of twins.all) expectStrict(twin);
  await stack?.close();
  await twins?.close();
});

const TARGETS = ['pager', 'channel', 'hook'];

/** Calls a tool and checks its answer by the tool's own schema. */
async function call(tool: string, args: Record<string, unknown>, as?: string) {
  const result = await stack.call(tool, args, as === undefined ? {} : { as });
  expect(result.isError, JSON.stringify(result.content)).toBe(false);
  const schema = onCall.tools.find(({ name }) => name === tool)?.output;
  return schema?.parse(result.structuredContent) as Record<string, unknown>;
}

describe('on-call through the whole pipeline', () => {
  test('a link gives the reading, and writes only where it and the flag allow', () => {
    expect(stack.tools('triage').filter((name) => name.startsWith('oncall_'))).toEqual([
      'oncall_page',
      'oncall_resolve',
      'oncall_status',
    ]);
    expect(stack.tools('watcher').filter((name) => name.startsWith('oncall_'))).toEqual(['oncall_status']);
  });

  test.each(TARGETS)('%s: oncall_page needs no human, and oncall_status shows the page', async (target) => {
    const page = somePage();
    expect(await call('oncall_page', { target, ...page }, 'triage')).toEqual({
      key: page.key,
      result: 'sent',
    });
    const { open } = await call('oncall_status', { target }, 'watcher');
    expect(open).toContainEqual(expect.objectContaining({ key: page.key, title: page.summary }));
    const sent = { slack: slack.messages.length, hook: hook.events.length, pagerduty: pagerduty.calls() };
    await call('oncall_page', { target, ...page }, 'triage');
    expect({ slack: slack.messages.length, hook: hook.events.length, pagerduty: pagerduty.calls() }).toEqual(
      sent,
    );
  });

  test.each(TARGETS)('%s: oncall_resolve needs a human, and does it once approved', async (target) => {
    const page = somePage();
    await call('oncall_page', { target, ...page }, 'triage');
    const args = { target, key: page.key };
    const asked = await stack.call('oncall_resolve', args, { as: 'triage' });
    expect(JSON.stringify(asked.content)).toContain('approval_required');
    const { approvals } = stack.stackward;
    const wanted = (await approvals.list()).find(({ state }) => state === 'waiting');
    await approvals.decide(wanted?.id ?? '', { decision: 'approved', by: 'ann', reason: 'it is over' });
    expect(await call('oncall_resolve', args, 'triage')).toEqual({ key: page.key, resolved: true });
    const { open } = await call('oncall_status', { target });
    expect(JSON.stringify(open)).not.toContain(page.key);
  });

  test('no credential is in what was answered, reported or audited', async () => {
    const shown = JSON.stringify([
      stack.reports,
      await call('oncall_status', { target: 'channel' }),
      await call('oncall_status', { target: 'pager' }),
    ]);
    for (const secret of [ROUTING_KEY, API_TOKEN, slack.webhook, HOOK_SECRET, HOOK_TOKEN])
      expect(shown).not.toContain(secret);
  });
});

describe('a topology that does not fit', () => {
  const problems = async (fields: string): Promise<string> =>
    openStack({ topology: `stack: s\ncomponents:\n  pager: {type: on-call, ${fields}}\n` }).then(
      () => 'fits',
      (error: unknown) => String(error),
    );

  test.each([
    ['provider: pagerduty', 'provider pagerduty needs the field routing_key'],
    ['provider: pagerduty, routing_key: {env: K}, labels: {a: b}', 'does not take this field'],
    ['provider: slack, webhook_url: {env: K}, url: "https://a"', 'does not take this field'],
    ['provider: alertmanager, url: "http://a", labels: {severity: page}', 'are set by each page'],
    ['provider: webhook', 'provider webhook needs the field url'],
    ['provider: mail', 'pagerduty'],
    ['provider: slack, webhook_url: "https://hooks.slack.com/services/T/B/X"', 'never stands in the file'],
  ])('%s', async (fields, expected) => {
    const message = await problems(fields);
    expect(message).toContain(expected);
    expect(message).not.toContain('services/T/B/X');
  });

  test('what fits, fits', async () => {
    expect(await problems('provider: slack, webhook_url: {env: K}')).toBe('fits');
  });
});

const topologyOf = (pagerdutyUrl: string, hookUrl: string) => `
stack: shop
components:
  pager:
    type: on-call
    provider: pagerduty
    url: ${pagerdutyUrl}
    routing_key: {env: PD_KEY}
    api: {token: {env: PD_TOKEN}, service: ${SERVICE}, url: ${pagerdutyUrl}}
  channel: {type: on-call, provider: slack, webhook_url: {env: SLACK_URL}}
  hook:
    type: on-call
    provider: webhook
    url: ${hookUrl}
    credentials: {token: {env: HOOK_TOKEN}}
    signing_secret: {env: HOOK_SECRET}
  triage: {type: agent}
  watcher: {type: agent}
links:
  - {from: triage, to: pager, type: pages}
  - {from: triage, to: channel, type: operates}
  - {from: triage, to: hook, type: pages}
  - {from: watcher, to: pager, type: observes}
  - {from: watcher, to: channel, type: observes}
  - {from: watcher, to: hook, type: observes}
`;
