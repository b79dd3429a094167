import { afterAll, beforeAll, expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import {
  alertmanagerAt,
  expectStrict,
  openOnCall,
  pagerDutyEventsOnly,
  somePage,
  webhookAt,
} from '../services/on-call/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { type PagerDutyTwin, startPagerDutyTwin } from '../twins/pagerduty.ts';
import { startWebhookTwin, type WebhookTwin } from '../twins/webhook.ts';

let pagerduty: PagerDutyTwin;
let hook: WebhookTwin;
let alertmanager: Awaited<ReturnType<typeof recordingServer>>;
beforeAll(async () => {
  [pagerduty, hook] = [await startPagerDutyTwin(), await startWebhookTwin()];
  alertmanager = await recordingServer(({ method }, response) => response.end(method === 'GET' ? '[]' : ''));
});
afterAll(async () => {
  for (const twin of [pagerduty, hook]) expectStrict(twin);
  for (const server of [pagerduty, hook, alertmanager]) await server.close();
});

/** What a chat, a mail or a page would obey when Alertmanager's or PagerDuty's templates pass the text on. */
const OBEYED = [
  '<!channel> now',
  '<@U012AB3CD>',
  '<#C1>',
  '<https://evil.example|runbook>',
  '<script>alert(1)</script>',
  '<img src=x onerror=y>',
  '</pre><b>',
  '@channel',
  'dear @ops-team',
  '(@ann)',
  '"@everyone"',
];

test.each(OBEYED)('%j is inert wherever it is passed on', async (text) => {
  const page = () => somePage({ summary: text, details: `first\n${text}` });
  await openOnCall(pagerDutyEventsOnly(pagerduty.url)).write(oncallPage, undefined, page());
  await openOnCall(webhookAt(hook.hook)).write(oncallPage, undefined, page());
  await openOnCall(alertmanagerAt(alertmanager.url)).write(oncallPage, undefined, page());
  const sent = [
    pagerduty.requests.at(-1)?.text,
    hook.requests.at(-1)?.text,
    alertmanager.received.at(-1)?.body,
  ];
  for (const bytes of sent) {
    expect(bytes).toContain('first');
    expect(bytes).not.toMatch(/<[!@#/?a-z]/i);
    expect(bytes).not.toMatch(/(^|\W)@\w/);
  }
});
