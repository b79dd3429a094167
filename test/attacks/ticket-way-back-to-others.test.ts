import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ticketComment } from '../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import {
  CASES,
  expectStrict,
  someComment,
  someTicket,
  type TrackerCase,
} from '../services/ticket-tracker/lab.ts';

describe.each(CASES)('a record of %s that names what the call did not make', (_, start) => {
  let tracker: TrackerCase;
  beforeAll(async () => {
    tracker = await start();
  });
  afterAll(async () => {
    expectStrict(tracker.twin);
    await tracker.twin.close();
  });

  test('closes no ticket of somebody else, nor another of our own', async () => {
    const args = someTicket();
    const { output: _, ...written } = await tracker.lab.write(ticketOpen, undefined, args);
    const other = await tracker.lab.write(ticketOpen, undefined, someTicket({ title: 'another' }));
    for (const id of [tracker.openOther(), tracker.openOwn({ title: 'by hand' }), other.output.ticket]) {
      const before = tracker.state();
      const after = { ...(written.after as object), id };
      await expect(
        tracker.lab.revert(ticketOpen, undefined, args, { ...written, after }),
      ).rejects.toMatchObject({ code: 'conflict' });
      expect(tracker.state()).toEqual(before);
    }
  });

  test('deletes no comment of somebody else, nor another of our own', async () => {
    const { output } = await tracker.lab.write(ticketOpen, undefined, someTicket());
    const args = someComment(output.ticket);
    const { output: made, ...written } = await tracker.lab.write(ticketComment, undefined, args);
    const other = await tracker.lab.write(ticketComment, undefined, someComment(output.ticket));
    const theirs = tracker.commentOther(output.ticket, tracker.bodies(output.ticket).comments[0]);
    for (const id of [theirs, other.output.comment]) {
      const before = tracker.state();
      const after = { ...(written.after as object), id };
      await expect(
        tracker.lab.revert(ticketComment, undefined, args, { ...written, after }),
      ).rejects.toMatchObject({ code: 'conflict' });
      expect(tracker.state()).toEqual(before);
    }
    expect(made.created).toBe(true);
  });

  test('deletes nothing in a ticket that lost the label', async () => {
    const { output } = await tracker.lab.write(ticketOpen, undefined, someTicket());
    const args = someComment(output.ticket);
    const written = await tracker.lab.write(ticketComment, undefined, args);
    tracker.unlabel(output.ticket);
    const before = tracker.state();
    await expect(tracker.lab.revert(ticketComment, undefined, args, written)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(tracker.state()).toEqual(before);
  });
});
