import { afterAll, beforeAll, expect, test } from 'vitest';
import { onCall } from '../../src/services/on-call/service.ts';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { expectStrict, openOnCall, pagerDutyWithApi, somePage } from '../services/on-call/lab.ts';
import { type PagerDutyTwin, startPagerDutyTwin } from '../twins/pagerduty.ts';

let pagerduty: PagerDutyTwin;
beforeAll(async () => {
  pagerduty = await startPagerDutyTwin();
});
afterAll(async () => {
  expectStrict(pagerduty);
  await pagerduty.close();
});

test('fifty calls at once with one key call people once', async () => {
  const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
  const page = somePage();
  await Promise.allSettled(Array.from({ length: 50 }, () => lab.write(oncallPage, undefined, page)));
  expect(pagerduty.calls()).toBe(1);
  const events = pagerduty.requests.filter(({ method }) => method === 'POST');
  expect(events).toHaveLength(1);
});

test.each([
  { key: ['a-1', 'a-2'] },
  { keys: ['a-1', 'a-2'] },
  { routing_key: 'R0' },
  { url: 'http://127.0.0.1:9/x' },
  { links: [{ href: 'https://evil.example' }] },
  { images: [{ src: 'https://evil.example/x.png' }] },
  { severity: 'fatal' },
  { component: '*' },
  { details: { a: 1 } },
  { details: 'x'.repeat(2001) },
])('%j is refused before anything leaves', async (more) => {
  pagerduty.forget();
  const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
  await expect(lab.write(oncallPage, undefined, somePage(more))).rejects.toThrow();
  expect(pagerduty.requests).toEqual([]);
});

test('the gate holds each write to one', async () => {
  expect(onCall.blastRadius).toBe(1);
  const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
  const page = somePage();
  expect(await oncallPage.scope(lab.target(undefined), page)).toEqual({
    resources: [`pager: page ${page.key}`],
    atMost: 1,
  });
});
