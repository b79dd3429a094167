import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ticketComment } from '../../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketOpen } from '../../../src/services/ticket-tracker/tools/ticket-open.ts';
import { CASES, expectStrict, jiraCase, someComment, someTicket, type TrackerCase } from './lab.ts';

/** Texts that a tracker's markup could change on the way. */
const WORDS = [
  'plain',
  'ü€😀',
  '```',
  '{noformat}',
  '[~ann]',
  '@ann',
  'a\n\n\nb',
  '    four',
  '<!-- x -->',
  '$&',
];

const pick = <T>(all: readonly T[]): T => all[randomInt(all.length)] as T;

describe.each(CASES)('the way back of a write to %s', (_, start) => {
  let tracker: TrackerCase;
  beforeAll(async () => {
    tracker = await start();
  });
  afterEach(() => expectStrict(tracker.twin));
  afterAll(() => tracker?.twin.close());

  const opened = async (args = someTicket()) => ({
    args,
    ...(await tracker.lab.write(ticketOpen, undefined, args)),
  });
  const commented = async (ticket: string) => {
    const args = someComment(ticket);
    return { args, ...(await tracker.lab.write(ticketComment, undefined, args)) };
  };

  test('open, then revert, leaves the same tickets open, whatever was written', async () => {
    for (let i = 0; i < 20; i++) {
      const before = tracker.openTickets();
      const { args, ...written } = await opened(
        someTicket({
          body: `x ${pick(WORDS)}\n${pick(WORDS)}`,
          labels: pick([[], ['db'], ['db', 'incident']]),
        }),
      );
      expect(tracker.openTickets()).toBe(before + 1);
      await tracker.lab.revert(ticketOpen, undefined, args, written);
      const after = tracker.state();
      expect(tracker.openTickets()).toBe(before);
      await tracker.lab.revert(ticketOpen, undefined, args, written);
      expect(tracker.state()).toEqual(after);
    }
  });

  test('a closed ticket says why in one comment', async () => {
    const { args, ...written } = await opened();
    await tracker.lab.revert(ticketOpen, undefined, args, written);
    expect(tracker.bodies(written.output.ticket).comments).toEqual([expect.stringContaining('Withdrawn')]);
  });

  test('comment, then revert, gives the state before, in any mixture', async () => {
    const tickets = [(await opened()).output.ticket, tracker.openOther()];
    for (let i = 0; i < 20; i++) {
      const ticket = pick(tickets);
      if (randomInt(3) === 0) tracker.commentOther(ticket);
      const before = tracker.state();
      const args = someComment(ticket, { body: pick(WORDS) });
      const written = await tracker.lab.write(ticketComment, undefined, args);
      expect(tracker.state()).not.toEqual(before);
      await tracker.lab.revert(ticketComment, undefined, args, written);
      if (randomInt(2)) await tracker.lab.revert(ticketComment, undefined, args, written);
      expect(tracker.state()).toEqual(before);
    }
  });

  test.each([
    ['commented on', (id: string) => tracker.commentOther(id)],
    ['was assigned', (id: string) => tracker.assign(id)],
    ['retitled', (id: string) => tracker.retitle(id)],
    ['rewrote', (id: string) => tracker.rewrite(id)],
  ] as const)('a ticket that somebody %s stays open, and the revert says so', async (_word, change) => {
    const { args, ...written } = await opened();
    change(written.output.ticket);
    const before = tracker.state();
    await expect(tracker.lab.revert(ticketOpen, undefined, args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(tracker.state()).toEqual(before);
  });

  test('a ticket that somebody closed is left as it is', async () => {
    const { args, ...written } = await opened();
    tracker.close(written.output.ticket);
    const before = tracker.state();
    await tracker.lab.revert(ticketOpen, undefined, args, written);
    expect(tracker.state()).toEqual(before);
  });

  test('a comment that somebody changed stays, and the revert says so', async () => {
    const { output } = await opened();
    const { args, ...written } = await commented(output.ticket);
    tracker.editComment(output.ticket, written.output.comment);
    const before = tracker.state();
    await expect(tracker.lab.revert(ticketComment, undefined, args, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(tracker.state()).toEqual(before);
  });

  test('a repetition that wrote nothing takes nothing back', async () => {
    const first = await opened();
    const comment = await commented(first.output.ticket);
    const before = tracker.state();
    const again = await tracker.lab.write(ticketOpen, undefined, first.args);
    await tracker.lab.revert(ticketOpen, undefined, first.args, again);
    const twice = await tracker.lab.write(ticketComment, undefined, comment.args);
    await tracker.lab.revert(ticketComment, undefined, comment.args, twice);
    expect(tracker.state()).toEqual(before);
  });

  test('what another call wrote between capture and write is not the call’s to take back', async () => {
    const args = someTicket();
    const between = async () => {
      await tracker.lab.write(ticketOpen, undefined, args);
    };
    const written = await tracker.lab.write(ticketOpen, undefined, args, { between });
    expect(written.output.created).toBe(false);
    const before = tracker.state();
    await tracker.lab.revert(ticketOpen, undefined, args, written);
    expect(tracker.state()).toEqual(before);
  });

  test('a lost answer is taken back by its key, and an untouched thing alone', async () => {
    const before = { isThere: false, by: { principal: 'tester', call: 'call-1' } };
    const openBefore = tracker.openTickets();
    for (const touched of [false, true]) {
      const args = someTicket();
      const call = `lost-${args.idempotency_key}`;
      tracker.twin.loseNextAnswer();
      await expect(tracker.lab.write(ticketOpen, undefined, args)).rejects.toMatchObject({
        code: 'outcome_unknown',
      });
      const { output } = await tracker.lab.write(ticketOpen, undefined, args);
      const written = /call [`]?(call-\d+)/.exec(tracker.bodies(output.ticket).ticket)?.[1] ?? call;
      const change = { before: { ...before, by: { ...before.by, call: written } }, after: null };
      if (touched) tracker.rewrite(output.ticket);
      const reverting = tracker.lab.revert(ticketOpen, undefined, args, change);
      await (touched ? expect(reverting).rejects.toMatchObject({ code: 'conflict' }) : reverting);
    }
    expect(tracker.openTickets()).toBe(openBefore + 1);
  });

  test('a call whose answer was lost takes nothing back that was there before it', async () => {
    const { args, before } = await opened();
    const state = tracker.state();
    const change = { before: { ...(before as object), isThere: true }, after: null };
    await tracker.lab.revert(ticketOpen, undefined, args, change);
    expect(tracker.state()).toEqual(state);
  });

  test('what never came to be needs nothing', async () => {
    const before = { isThere: false, by: { principal: 'tester', call: 'call-1' } };
    const state = tracker.state();
    await tracker.lab.revert(ticketOpen, undefined, someTicket(), { before, after: null });
    const { output } = await opened();
    const args = someComment(output.ticket);
    await tracker.lab.revert(ticketComment, undefined, args, { before, after: null });
    expect((tracker.state() as unknown[]).length).toBe((state as unknown[]).length + 1);
  });
});

test('where the workflow of Jira offers no end, the ticket stays, and the revert says so', async () => {
  const { twin, lab } = await jiraCase('cloud');
  const args = someTicket();
  const written = await lab.write(ticketOpen, undefined, args);
  twin.blockWorkflow();
  await expect(lab.revert(ticketOpen, undefined, args, written)).rejects.toMatchObject({ code: 'conflict' });
  expect(twin.issues).toMatchObject([{ done: false, comments: [] }]);
  expectStrict(twin);
  await twin.close();
});
