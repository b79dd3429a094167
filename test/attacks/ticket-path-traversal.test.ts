import { describe, expect, test } from 'vitest';
import { ticketComment } from '../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import { CASES, someComment, someTicket } from '../services/ticket-tracker/lab.ts';

/** Ids that would leave the ticket, the repository or the project. */
const IDS = [
  '..',
  '.',
  '../../user',
  '1/../../other/issues/1',
  '1/comments',
  'comments',
  '1?x=1',
  '1#x',
  '1%2f..',
  '01',
  '0',
  '-1',
  '1e3',
  '1\n',
  '１',
  'SHOP-0',
  'SHOP-01',
  'shop-1',
  'SHOP-1/../FIN-1',
  'XSHOP-1',
  'SHOP-1x',
  'SHOP-',
  '*',
  'search',
  'myself',
  '',
];
const KEYS = ['../x', 'a/b', 'x" OR "y', 'a b', '*', 'ab', 'a\nb', '%41bc', '-abc'];

describe.each(CASES)('%s', (_, start) => {
  test('an id that is no id leaves for nowhere', async () => {
    const { twin, lab } = await start();
    for (const ticket of IDS) {
      await expect(lab.read(ticketGet, undefined, { ticket })).rejects.toThrow();
      await expect(lab.write(ticketComment, undefined, someComment(ticket))).rejects.toThrow();
    }
    expect(twin.requests).toEqual([]);
    await twin.close();
  });

  test('a key that is no key leaves for nowhere', async () => {
    const { twin, lab } = await start();
    for (const idempotency_key of KEYS)
      await expect(lab.write(ticketOpen, undefined, someTicket({ idempotency_key }))).rejects.toThrow();
    expect(twin.requests).toEqual([]);
    await twin.close();
  });

  test('fields that the API knows and the tool does not are refused', async () => {
    const { twin, lab } = await start();
    for (const more of [{ assignees: ['ann'] }, { milestone: 1 }, { project: 'FIN' }, { url: 'http://x' }])
      await expect(lab.write(ticketOpen, undefined, someTicket(more))).rejects.toThrow();
    expect(twin.requests).toEqual([]);
    await twin.close();
  });
});
