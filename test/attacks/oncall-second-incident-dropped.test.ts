import { afterAll, beforeAll, expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { oncallResolve } from '../../src/services/on-call/tools/oncall-resolve.ts';
import { expectStrict, openOnCall, somePage, webhookAt } from '../services/on-call/lab.ts';
import { startWebhookTwin, type WebhookTwin } from '../twins/webhook.ts';

let hook: WebhookTwin;
beforeAll(async () => {
  hook = await startWebhookTwin();
});
afterAll(async () => {
  expectStrict(hook);
  await hook.close();
});

const kept = (key: string) => hook.events.filter((event) => event.key === key).map(({ event }) => event);

test('the next incident of a key calls people, although the receiver drops what it has seen', async () => {
  const lab = openOnCall(webhookAt(hook.hook));
  const page = somePage();
  for (let incident = 0; incident < 2; incident++) {
    await lab.write(oncallPage, undefined, page);
    await lab.write(oncallResolve, undefined, { key: page.key });
  }
  const written = await lab.write(oncallPage, undefined, page);
  await lab.revert(oncallPage, undefined, page, written);
  await lab.write(oncallPage, undefined, page);
  expect(kept(page.key)).toEqual(['page', 'resolve', 'page', 'resolve', 'page', 'withdraw', 'page']);
});

test('while it is open, and after a lost answer, a repetition calls nobody twice', async () => {
  const lab = openOnCall(webhookAt(hook.hook));
  const page = somePage();
  hook.loseNextAnswer();
  await expect(lab.write(oncallPage, undefined, page)).rejects.toMatchObject({ code: 'outcome_unknown' });
  await lab.write(oncallPage, undefined, page);
  await lab.write(oncallPage, undefined, page);
  expect(kept(page.key)).toEqual(['page']);
});
