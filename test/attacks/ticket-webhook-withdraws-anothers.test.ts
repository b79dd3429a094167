import { afterAll, beforeAll, expect, test } from 'vitest';
import { ticketComment } from '../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import {
  expectStrict,
  openTickets,
  someComment,
  someTicket,
  webhookAt,
} from '../services/ticket-tracker/lab.ts';
import { startWebhookTwin, type WebhookTwin } from '../twins/webhook.ts';

let hook: WebhookTwin;
beforeAll(async () => {
  hook = await startWebhookTwin();
});
afterAll(async () => {
  expectStrict(hook);
  await hook.close();
});

const withdrawn = () => hook.events.filter(({ event }) => String(event).endsWith('.withdraw'));

test('a repetition, which the receiver dropped, takes back nothing that the first call made', async () => {
  const lab = openTickets(webhookAt(hook.hook));
  const args = someTicket();
  const comment = someComment(args.idempotency_key);
  await lab.write(ticketOpen, undefined, args);
  await lab.write(ticketComment, undefined, comment);
  const again = await lab.write(ticketOpen, undefined, args);
  const commented = await lab.write(ticketComment, undefined, comment);
  expect([again.output.created, commented.output.created]).toEqual([false, false]);
  await lab.revert(ticketOpen, undefined, args, again);
  await lab.revert(ticketComment, undefined, comment, commented);
  expect(withdrawn()).toEqual([]);
});

test('what another call made between capture and write is not the call’s to take back', async () => {
  const lab = openTickets(webhookAt(hook.hook));
  const args = someTicket();
  const between = async () => void (await lab.write(ticketOpen, undefined, args));
  const written = await lab.write(ticketOpen, undefined, args, { between });
  await lab.revert(ticketOpen, undefined, args, written);
  const lost = { before: { isThere: false, by: { principal: 'tester', call: 'lost' } }, after: null };
  await expect(lab.revert(ticketOpen, undefined, args, lost)).rejects.toMatchObject({ code: 'conflict' });
  expect(withdrawn()).toEqual([]);
});
