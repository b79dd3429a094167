import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../../src/cli/demo/free-port.ts';
import { oncallPage } from '../../../src/services/on-call/tools/oncall-page.ts';
import { oncallResolve } from '../../../src/services/on-call/tools/oncall-resolve.ts';
import { oncallStatus } from '../../../src/services/on-call/tools/oncall-status.ts';
import { type PagerDutyTwin, ROUTING_KEY } from '../../twins/pagerduty.ts';
import type { SlackTwin } from '../../twins/slack.ts';
import type { WebhookTwin } from '../../twins/webhook.ts';
import {
  expectStrict,
  openOnCall,
  pagerDutyEventsOnly,
  pagerDutyWithApi,
  slackAt,
  somePage,
  startTwins,
  webhookAt,
} from './lab.ts';

let pagerduty: PagerDutyTwin;
let slack: SlackTwin;
let hook: WebhookTwin;
let twins: Awaited<ReturnType<typeof startTwins>>;
beforeAll(async () => {
  twins = await startTwins();
  ({ pagerduty, slack, hook } = twins);
});
afterEach(() => {
  vi.useRealTimers();
  for (const twin of twins.all) {
    expectStrict(twin);
    twin.breakWith(undefined);
    twin.forget();
  }
});
afterAll(async () => {
  await twins?.close();
});

const later = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });

describe('PagerDuty', () => {
  test('a page is one trigger event, and shows in the status', async () => {
    const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
    const page = somePage();
    const { output } = await lab.write(oncallPage, undefined, page);
    expect(output).toEqual({ key: page.key, result: 'sent' });
    const sent = pagerduty.requests.filter(({ method }) => method === 'POST');
    expect(sent.map(({ json }) => json)).toEqual([
      {
        routing_key: ROUTING_KEY,
        event_action: 'trigger',
        dedup_key: `stackward:${page.key}`,
        client: 'Stackward',
        payload: {
          summary: page.summary,
          source: 'orders-db',
          severity: 'critical',
          component: 'orders-db',
          custom_details: { details: page.details, asked_by: 'tester', call: 'call-1' },
        },
      },
    ]);
    const status = await lab.read(oncallStatus, undefined, {});
    expect(status).toMatchObject({ provider: 'pagerduty', known_from: 'provider', truncated: false });
    expect(status.open).toContainEqual({
      title: page.summary,
      state: 'open',
      since: '2026-01-01T00:00:00Z',
      key: page.key,
    });
    expect(status.on_call).toEqual([
      { person: 'Ada', level: 1, until: '2026-01-08T00:00:00Z' },
      { person: 'Grace', level: 2 },
    ]);
  });

  test('incidents of other services do not show, those of other tools have no key', async () => {
    pagerduty.openOther('of-finance', 'POTHER1');
    pagerduty.openOther('of-prometheus');
    const { open } = await openOnCall(pagerDutyWithApi(pagerduty.url)).read(oncallStatus, undefined, {});
    const other = open.filter(({ title }) => title === 'of another tool');
    expect(other).toHaveLength(1);
    expect(other[0]).not.toHaveProperty('key');
  });

  test('a status that is cut says so', async () => {
    const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
    await lab.write(oncallPage, undefined, somePage());
    await lab.write(oncallPage, undefined, somePage());
    const cut = await lab.read(oncallStatus, undefined, {}, { limits: { rows: 1 } });
    expect(cut).toMatchObject({ truncated: true, hint: expect.any(String) });
    expect(cut.open).toHaveLength(1);
  });

  test.each([
    ['with the REST API', pagerDutyWithApi, 'already_open'],
    ['without', pagerDutyEventsOnly, 'sent'],
  ] as const)('the same key twice calls people once, %s', async (_, connection, result) => {
    const lab = openOnCall(connection(pagerduty.url));
    const page = somePage();
    const before = pagerduty.calls();
    await lab.write(oncallPage, undefined, page);
    const again = await lab.write(oncallPage, undefined, { ...page, summary: 'otherwise' });
    expect(again.output.result).toBe(result);
    expect(pagerduty.calls()).toBe(before + 1);
  });

  test.each([
    ['with the REST API', pagerDutyWithApi],
    ['without', pagerDutyEventsOnly],
  ] as const)('a page that a human resolved calls people anew, %s', async (_, connection) => {
    const lab = openOnCall(connection(pagerduty.url));
    const page = somePage();
    await lab.write(oncallPage, undefined, page);
    pagerduty.resolve(`stackward:${page.key}`);
    const before = pagerduty.calls();
    expect((await lab.write(oncallPage, undefined, page)).output.result).toBe('sent');
    expect(pagerduty.calls()).toBe(before + 1);
  });

  test('an event that PagerDuty did not work on yet is one page, and the first call’s', async () => {
    const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
    const page = somePage();
    const before = pagerduty.calls();
    pagerduty.lag();
    await lab.write(oncallPage, undefined, page);
    const again = await lab.write(oncallPage, undefined, page);
    pagerduty.settle();
    expect(pagerduty.calls()).toBe(before + 1);
    await lab.revert(oncallPage, undefined, page, again);
    expect(pagerduty.incidents.find(({ key }) => key.endsWith(page.key))?.status).toBe('triggered');
  });

  test('resolving closes just the page of the key', async () => {
    const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
    const [page, other] = [somePage(), somePage()];
    for (const one of [page, other]) await lab.write(oncallPage, undefined, one);
    await lab.write(oncallResolve, undefined, { key: page.key });
    const { open } = await lab.read(oncallStatus, undefined, {});
    expect(open.map(({ key }) => key)).toContain(other.key);
    expect(open.map(({ key }) => key)).not.toContain(page.key);
    later(61_000);
    await expect(lab.write(oncallResolve, undefined, { key: page.key })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('without the REST API the status is what this server sent', async () => {
    const lab = openOnCall(pagerDutyEventsOnly(pagerduty.url));
    const page = somePage();
    await lab.write(oncallPage, undefined, page);
    pagerduty.forget();
    const status = await lab.read(oncallStatus, undefined, {});
    expect(status.known_from).toBe('own_pages');
    expect(status.open.map(({ key }) => key)).toContain(page.key);
    expect(status).not.toHaveProperty('on_call');
    expect(pagerduty.requests).toEqual([]);
    await lab.write(oncallResolve, undefined, { key: page.key });
    expect((await lab.read(oncallStatus, undefined, {})).open.map(({ key }) => key)).not.toContain(page.key);
  });

  test('wrong credentials are said to be wrong, without their value', async () => {
    const wrong = openOnCall(pagerDutyEventsOnly(pagerduty.url, 'R-wrong'));
    const error = await wrong.write(oncallPage, undefined, somePage()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'login_failed', detail: expect.not.stringContaining('R-wrong') });
    const token = openOnCall(pagerDutyWithApi(pagerduty.url, 'wrong'));
    await expect(token.read(oncallStatus, undefined, {})).rejects.toMatchObject({ code: 'login_failed' });
  });
});

describe('Slack', () => {
  test('a page is one message, and so is its resolution', async () => {
    const lab = openOnCall(slackAt(slack.webhook));
    const page = somePage();
    await lab.write(oncallPage, undefined, page);
    expect(slack.messages.at(-1)).toEqual({
      text: 'CRITICAL: The disk of orders-db is full',
      blocks: [
        'CRITICAL: The disk of orders-db is full',
        'no space left\nsince 12:00',
        `component orders-db · key ${page.key} · Stackward for tester, call call-1`,
      ],
    });
    expect((await lab.read(oncallStatus, undefined, {})).open.map(({ key }) => key)).toContain(page.key);
    await lab.write(oncallResolve, undefined, { key: page.key });
    expect(slack.messages.at(-1)?.text).toBe(`Resolved: page ${page.key}`);
    expect((await lab.read(oncallStatus, undefined, {})).open.map(({ key }) => key)).not.toContain(page.key);
  });

  test('the same key twice, at once or after the other, is one message', async () => {
    const lab = openOnCall(slackAt(slack.webhook));
    const page = somePage();
    const before = slack.messages.length;
    const both = await Promise.allSettled([1, 2].map(() => lab.write(oncallPage, undefined, page)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
    expect((await lab.write(oncallPage, undefined, page)).output.result).toBe('already_open');
    expect(slack.messages).toHaveLength(before + 1);
    later(3_601_000);
    expect((await lab.write(oncallPage, undefined, page)).output.result).toBe('sent');
    expect(slack.messages).toHaveLength(before + 2);
  });

  test('the longest text fits, escaped, in pieces', async () => {
    const details = '<&>'.repeat(666);
    await openOnCall(slackAt(slack.webhook)).write(oncallPage, undefined, somePage({ details }));
    const escaped = slack.messages.at(-1)?.blocks.slice(1, -1) ?? [];
    expect(escaped.length).toBeGreaterThan(1);
    for (const piece of escaped) expect(piece).toMatch(/^(&lt;|&amp;|&gt;)+$/);
    expect(escaped.join('')).toBe('&lt;&amp;&gt;'.repeat(666));
  });

  test.each([
    [400, 'invalid_payload', 'query_failed'],
    [403, 'action_prohibited', 'permission_denied'],
    [404, 'no_service', 'not_found'],
    [410, 'channel_is_archived', 'not_found'],
    [429, 'rate_limited', 'too_busy'],
    [500, 'rollup_error', 'outcome_unknown'],
  ] as const)('%i %s is %s', async (status, text, code) => {
    const lab = openOnCall(slackAt(slack.webhook));
    slack.breakWith(status, text);
    await expect(lab.write(oncallPage, undefined, somePage())).rejects.toMatchObject({ code });
  });

  test.each(['not an address', 'http://hooks.example/services/T/B/X', 'https://hooks.example/x?token=1'])(
    '%j is no webhook, and is not quoted',
    async (webhook) => {
      const lab = openOnCall(slackAt(webhook));
      const error = await lab.write(oncallPage, undefined, somePage()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'secret_unavailable',
        detail: expect.not.stringContaining(webhook),
      });
    },
  );
});

describe('a webhook', () => {
  test('gets signed events, each under its own idempotency key', async () => {
    const lab = openOnCall(webhookAt(hook.hook));
    const page = somePage();
    await lab.write(oncallPage, undefined, page);
    await lab.write(oncallResolve, undefined, { key: page.key });
    expect(hook.events.slice(-2)).toEqual([
      { version: 1, event: 'page', ...page, by: { principal: 'tester', call: 'call-1' } },
      { version: 1, event: 'resolve', key: page.key, by: { principal: 'tester', call: 'call-2' } },
    ]);
    expect(hook.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      `stackward:page:${page.key}:call-1`,
      `stackward:resolve:${page.key}:call-1`,
    ]);
  });

  test('a wrong token and a wrong signing secret are refused there', async () => {
    const page = somePage();
    const tried = [
      [webhookAt(hook.hook, { token: 'wrong' }), 'login_failed'],
      [webhookAt(hook.hook, { shared: 'wrong' }), 'permission_denied'],
    ] as const;
    for (const [connection, code] of tried)
      await expect(openOnCall(connection).write(oncallPage, undefined, page)).rejects.toMatchObject({ code });
    expect(hook.events.filter(({ key }) => key === page.key)).toEqual([]);
  });

  test('a lost answer leaves the outcome unknown, and a repetition is dropped by its key', async () => {
    const lab = openOnCall(webhookAt(hook.hook));
    const page = somePage();
    hook.loseNextAnswer();
    await expect(lab.write(oncallPage, undefined, page)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await lab.write(oncallPage, undefined, page);
    expect(hook.events.filter(({ key }) => key === page.key)).toHaveLength(1);
  });
});

test('a call that is cancelled before it begins sends nothing', async () => {
  const signal = AbortSignal.abort();
  for (const connection of [pagerDutyWithApi(pagerduty.url), slackAt(slack.webhook), webhookAt(hook.hook)])
    await expect(
      openOnCall(connection).write(oncallPage, undefined, somePage(), { signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  for (const { requests } of twins.all) expect(requests).toEqual([]);
});

test('a provider that is not there is unreachable, and nothing is left open', async () => {
  const lab = openOnCall(slackAt(`http://127.0.0.1:${await freePort()}/services/T/B/X`));
  await expect(lab.write(oncallPage, undefined, somePage())).rejects.toMatchObject({ code: 'unreachable' });
  expect((await lab.read(oncallStatus, undefined, {})).open).toEqual([]);
});

test('credentials over plain http to another machine are warned of', async () => {
  for (const connection of [
    webhookAt('http://hooks.example/pages'),
    pagerDutyEventsOnly('http://events.example'),
    { ...pagerDutyEventsOnly(pagerduty.url), url: 'https://events.example' },
  ]) {
    const lab = openOnCall(connection);
    await lab.read(oncallStatus, undefined, {});
    const isClear = connection.url?.startsWith('http:');
    expect(lab.warnings).toEqual(isClear ? [expect.stringContaining('plain http')] : []);
  }
});
