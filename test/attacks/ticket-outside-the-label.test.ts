import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ticketComment } from '../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import {
  CASES,
  expectStrict,
  jiraCase,
  someComment,
  type TrackerCase,
} from '../services/ticket-tracker/lab.ts';

describe.each(CASES)('a ticket of %s without the label', (_, start) => {
  let tracker: TrackerCase;
  let hidden: string[];
  beforeAll(async () => {
    tracker = await start();
    hidden = [[], ['db'], ['stackward2'], ['not-stackward']].map((labels) =>
      tracker.openOther({ labels, title: 'salaries', body: 'salaries' }),
    );
    hidden.push(tracker.openOwn({ labels: [], title: 'salaries' }));
    tracker.openOther();
  });
  beforeEach(() => tracker.twin.forget());
  afterAll(async () => {
    expectStrict(tracker.twin);
    await tracker.twin.close();
  });

  test('is neither listed nor read', async () => {
    const { tickets } = await tracker.lab.read(ticketList, undefined, { state: 'all' });
    expect(tickets.map(({ title }) => title)).toEqual(['of ann']);
    for (const ticket of hidden) {
      const error = await tracker.lab
        .read(ticketGet, undefined, { ticket })
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'not_found' });
      expect(JSON.stringify(error)).not.toContain('salaries');
    }
  });

  test('takes no comment', async () => {
    const before = tracker.state();
    for (const ticket of hidden)
      await expect(tracker.lab.write(ticketComment, undefined, someComment(ticket))).rejects.toMatchObject({
        code: 'not_found',
      });
    expect(tracker.twin.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(tracker.state()).toEqual(before);
  });

  test('that lost it between look and write is looked at again', async () => {
    const ticket = tracker.openOther({ labels: ['stackward'] });
    const state = tracker.state() as { labels: string[] }[];
    const args = someComment(ticket);
    const dropLabels = async () => tracker.unlabel(ticket);
    await expect(
      tracker.lab.write(ticketComment, undefined, args, { between: dropLabels }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(tracker.twin.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(state).toHaveLength((tracker.state() as unknown[]).length);
  });
});

describe.each(['cloud', 'server'] as const)('another project of Jira %s', (edition) => {
  test('is not reached by its keys, nor by a key that was moved there', async () => {
    const { twin, lab } = await jiraCase(edition);
    twin.openOther({ key: 'FIN-1', summary: 'salaries' });
    const moved = twin.openOther({ summary: 'salaries' });
    const found = twin.get(moved);
    twin.move(moved, 'FIN-2');
    expect(found?.key).toBe('FIN-2');
    for (const ticket of ['FIN-1', 'FIN-2', moved]) {
      await expect(lab.read(ticketGet, undefined, { ticket })).rejects.toMatchObject({ code: 'not_found' });
      await expect(lab.write(ticketComment, undefined, someComment(ticket))).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    expect((await lab.read(ticketList, undefined, {})).tickets).toEqual([]);
    expect(twin.requests.map(({ path }) => path).join()).not.toContain('FIN');
    expect(twin.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expectStrict(twin);
    await twin.close();
  });
});
