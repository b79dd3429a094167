import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { oncallPage } from '../../../src/services/on-call/tools/oncall-page.ts';
import { oncallResolve } from '../../../src/services/on-call/tools/oncall-resolve.ts';
import type { PagerDutyTwin } from '../../twins/pagerduty.ts';
import type { SlackTwin } from '../../twins/slack.ts';
import type { WebhookTwin } from '../../twins/webhook.ts';
import {
  expectStrict,
  type OnCallLab,
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
  for (const twin of twins.all) expectStrict(twin);
});
afterAll(async () => {
  await twins?.close();
});

const openKeys = () =>
  pagerduty.incidents.filter(({ status }) => status !== 'resolved').map(({ key }) => key);

describe.each([
  ['PagerDuty with its REST API', () => openOnCall(pagerDutyWithApi(pagerduty.url))],
  ['PagerDuty without', () => openOnCall(pagerDutyEventsOnly(pagerduty.url))],
] as const)('a page taken back: %s', (_, open) => {
  test('write, then revert, gives the open pages before, in any mixture', async () => {
    const lab = open();
    const standing = [somePage(), somePage()];
    for (const page of standing) await lab.write(oncallPage, undefined, page);
    pagerduty.openOther(`other-${somePage().key}`);
    for (let i = 0; i < 20; i++) {
      const before = openKeys();
      const page = randomInt(3) ? somePage() : (standing[randomInt(2)] as ReturnType<typeof somePage>);
      const written = await lab.write(oncallPage, undefined, page);
      await lab.revert(oncallPage, undefined, page, written);
      if (randomInt(2)) await lab.revert(oncallPage, undefined, page, written);
      expect(openKeys()).toEqual(before);
    }
  });

  test('a page that was resolved meanwhile is left so', async () => {
    const lab = open();
    const page = somePage();
    const written = await lab.write(oncallPage, undefined, page);
    pagerduty.resolve(`stackward:${page.key}`);
    const before = openKeys();
    await lab.revert(oncallPage, undefined, page, written);
    expect(openKeys()).toEqual(before);
  });

  test('a page that another call opened anew stays', async () => {
    const lab = open();
    const page = somePage();
    const written = await lab.write(oncallPage, undefined, page);
    await lab.write(oncallResolve, undefined, { key: page.key });
    await lab.write(oncallPage, undefined, page);
    await expect(lab.revert(oncallPage, undefined, page, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(openKeys()).toContain(`stackward:${page.key}`);
  });

  test('a lost answer is taken back as well', async () => {
    const lab = open();
    const page = somePage();
    pagerduty.loseNextAnswer();
    await expect(lab.write(oncallPage, undefined, page)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(openKeys()).toContain(`stackward:${page.key}`);
    const before = { wasOpen: false, by: { principal: 'tester', call: 'call-1' } };
    await lab.revert(oncallPage, undefined, page, { before, after: null });
    expect(openKeys()).not.toContain(`stackward:${page.key}`);
  });
});

test('a page that somebody acknowledged stays, and the revert says so', async () => {
  const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
  const page = somePage();
  const written = await lab.write(oncallPage, undefined, page);
  pagerduty.acknowledge(`stackward:${page.key}`);
  pagerduty.forget();
  await expect(lab.revert(oncallPage, undefined, page, written)).rejects.toMatchObject({ code: 'conflict' });
  expect(pagerduty.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('a page that another call sent between capture and write is not the call’s to close', async () => {
  const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
  const page = somePage();
  const written = await lab.write(oncallPage, undefined, page, {
    between: async () => pagerduty.openOther(`stackward:${page.key}`),
  });
  expect(written.output.result).toBe('already_open');
  await lab.revert(oncallPage, undefined, page, written);
  expect(openKeys()).toContain(`stackward:${page.key}`);
});

describe.each([
  [
    'Slack',
    () => openOnCall(slackAt(slack.webhook)),
    (key: string) =>
      slack.messages
        .filter(({ blocks }) => blocks.some((text) => text.includes(key)))
        .map(({ text }) => text),
    ['CRITICAL: The disk of orders-db is full', 'Withdrawn: page KEY'],
  ],
  [
    'a webhook',
    () => openOnCall(webhookAt(hook.hook)),
    (key: string) => hook.events.filter((event) => event.key === key).map(({ event }) => String(event)),
    ['page', 'withdraw'],
  ],
] as const)('a page taken back: %s', (_, open, said, expected) => {
  const withdraw = async (lab: OnCallLab) => {
    const page = somePage();
    const written = await lab.write(oncallPage, undefined, page);
    return { page, written };
  };

  test('a second message says that it is withdrawn', async () => {
    const lab = open();
    const { page, written } = await withdraw(lab);
    await lab.revert(oncallPage, undefined, page, written);
    expect(said(page.key)).toEqual(expected.map((text) => text.replace('KEY', page.key)));
  });

  test('a page that another call opened anew stays, and nothing is said', async () => {
    const lab = open();
    const { page, written } = await withdraw(lab);
    await lab.write(oncallResolve, undefined, { key: page.key });
    await lab.write(oncallPage, undefined, page);
    const before = said(page.key);
    await expect(lab.revert(oncallPage, undefined, page, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(said(page.key)).toEqual(before);
  });

  test('a repetition that sent nothing takes nothing back', async () => {
    const lab = open();
    const { page } = await withdraw(lab);
    const again = await lab.write(oncallPage, undefined, page);
    const before = said(page.key);
    await lab.revert(oncallPage, undefined, page, again);
    expect(said(page.key)).toEqual(before);
  });
});
