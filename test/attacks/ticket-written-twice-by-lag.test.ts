import { expect, test } from 'vitest';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import { expectStrict, jiraCase, someTicket } from '../services/ticket-tracker/lab.ts';

/** Jira's search sees a new issue some time after it is there. */
test('a key repeated before the search shows its ticket opens no second one', async () => {
  const { twin, lab } = await jiraCase('cloud');
  const args = someTicket();
  twin.lag();
  const first = await lab.write(ticketOpen, undefined, args);
  const again = await lab.write(ticketOpen, undefined, args);
  expect(again.output).toEqual({ ticket: first.output.ticket, created: false });
  await lab.revert(ticketOpen, undefined, args, again);
  expect(twin.issues).toMatchObject([{ done: false }]);
  expectStrict(twin);
  await twin.close();
});

test('a ticket that was deleted since is opened anew', async () => {
  const { twin, lab } = await jiraCase('cloud');
  const args = someTicket();
  await lab.write(ticketOpen, undefined, args);
  twin.issues.pop();
  expect((await lab.write(ticketOpen, undefined, args)).output.created).toBe(true);
  await twin.close();
});

test('a lost ticket that does not show yet is not taken for taken back', async () => {
  const { twin, lab } = await jiraCase('cloud');
  const args = someTicket();
  twin.lag();
  twin.loseNextAnswer();
  await expect(lab.write(ticketOpen, undefined, args)).rejects.toMatchObject({ code: 'outcome_unknown' });
  const change = { before: { isThere: false, by: { principal: 'tester', call: 'call-1' } }, after: null };
  await expect(lab.revert(ticketOpen, undefined, args, change)).rejects.toMatchObject({ code: 'conflict' });
  twin.settle();
  await lab.revert(ticketOpen, undefined, args, change);
  expect(twin.issues).toMatchObject([{ done: true }]);
  await twin.close();
});
