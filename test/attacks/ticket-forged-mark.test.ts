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

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';

describe.each(CASES)('a mark of a key that somebody forged in %s', (_, start) => {
  let tracker: TrackerCase;
  beforeAll(async () => {
    tracker = await start();
  });
  afterAll(async () => {
    expectStrict(tracker.twin);
    await tracker.twin.close();
  });

  const open = (args: ReturnType<typeof someTicket>) => tracker.lab.write(ticketOpen, undefined, args);
  /** The mark of a key, as an attacker finds it in a ticket that was opened with it. */
  const markOf = async (args: ReturnType<typeof someTicket>) => {
    const { output, ...written } = await open(args);
    const { ticket } = tracker.bodies(output.ticket);
    await tracker.lab.revert(ticketOpen, undefined, args, written);
    return { mark: lastLine(ticket), id: output.ticket };
  };

  test('in the words of a caller, it does not stand for another key', async () => {
    const wanted = someTicket();
    const { mark } = await markOf(wanted);
    for (const body of [mark, `x\n${mark}`, `\`\`\`\n${mark}`, `{noformat}\n${mark}`, `${mark}\n\n\n`]) {
      const forged = await open(someTicket({ body }));
      expect(forged.output.created).toBe(true);
      const again = await open(someTicket());
      expect(again.output.created).toBe(true);
      expect(again.output.ticket).not.toBe(forged.output.ticket);
      expect(lastLine(tracker.bodies(forged.output.ticket).ticket)).not.toBe(mark);
    }
  });

  test('in a ticket of somebody else, whatever its labels, it hides no ticket', async () => {
    const probe = someTicket();
    const { mark } = await markOf(probe);
    const hash = /[0-9a-f]{32}/.exec(mark)?.[0] ?? '';
    const labels = ['stackward', `stackward-${hash}`];
    for (const body of [mark, `words\n\n${mark}`]) tracker.openOther({ body, labels });
    const found = await open(probe);
    expect(found.output.created).toBe(false);
    expect(tracker.bodies(found.output.ticket).ticket).toContain('tester');
  });

  test('in comments of somebody else and of a caller, it hides no comment', async () => {
    const { output } = await open(someTicket());
    const wanted = someComment(output.ticket);
    const first = await tracker.lab.write(ticketComment, undefined, wanted);
    const mark = lastLine(tracker.bodies(output.ticket).comments.at(-1) ?? '');
    await tracker.lab.revert(ticketComment, undefined, wanted, first);
    tracker.commentOther(output.ticket, `words\n\n${mark}`);
    await tracker.lab.write(ticketComment, undefined, someComment(output.ticket, { body: `x\n${mark}` }));
    const again = await tracker.lab.write(ticketComment, undefined, wanted);
    expect(again.output.created).toBe(true);
  });

  test('a mark of a ticket is no mark of a comment', async () => {
    const args = someTicket();
    const { output } = await open(args);
    const comment = someComment(output.ticket, { idempotency_key: args.idempotency_key });
    expect((await tracker.lab.write(ticketComment, undefined, comment)).output.created).toBe(true);
  });
});
