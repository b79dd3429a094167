import { expect, test } from 'vitest';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { githubAt, jiraAt, openTickets } from '../services/ticket-tracker/lab.ts';

test('an answer without end is given up, and says so', async () => {
  const server = await recordingServer((_, response) => {
    const piece = 'x'.repeat(256 * 1024);
    const more = () => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', more);
    };
    response.write('[');
    more();
  });
  for (const connection of [githubAt(server.url), jiraAt(server.url, 'server')]) {
    const lab = openTickets(connection);
    const ticket = connection.provider === 'jira' ? 'SHOP-1' : '1';
    await expect(lab.read(ticketList, undefined, {})).rejects.toMatchObject({ code: 'result_too_large' });
    await expect(lab.read(ticketGet, undefined, { ticket })).rejects.toMatchObject({
      code: 'result_too_large',
    });
  }
  await server.close();
});

test('a list that never ends is not followed for ever, and the cut is said', async () => {
  const issue = (number: number) => ({
    number,
    title: 'x',
    state: 'open',
    body: null,
    user: null,
    labels: [],
    comments: 0,
    created_at: '',
    updated_at: '',
    html_url: '',
    pull_request: {},
  });
  const server = await recordingServer((_, response) => {
    response.end(JSON.stringify(Array.from({ length: 100 }, (_one, index) => issue(index))));
  });
  const { tickets, truncated } = await openTickets(githubAt(server.url)).read(ticketList, undefined, {});
  expect(tickets).toEqual([]);
  expect(truncated).toBe(true);
  expect(server.received).toHaveLength(10);
  await server.close();
});
