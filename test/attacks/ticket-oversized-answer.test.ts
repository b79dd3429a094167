import { expect, test } from 'vitest';
import { ticketComment } from '../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { githubAt, jiraAt, openTickets, someComment } from '../services/ticket-tracker/lab.ts';

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

test.each(['github', 'jira'] as const)(
  'comments of %s that fill the memory page by page are given up',
  async (provider) => {
    const time = '2026-01-01T00:00:00Z';
    const body = 'x'.repeat(150_000);
    const comments = Array.from({ length: 60 }, (_, id) => ({ id: String(id), body, created: time }));
    const comment = { body, user: null, created_at: time };
    const answers = {
      github: (url: string) =>
        url.includes('/comments')
          ? Array.from({ length: 100 }, (_, id) => ({ ...comment, body: body.slice(0, 90_000), id }))
          : {
              number: 1,
              title: 't',
              state: 'open',
              body: null,
              user: null,
              labels: ['stackward'],
              comments: 1,
              created_at: time,
              updated_at: time,
              html_url: '',
              id: 7,
              login: 'bot',
            },
      jira: (url: string) =>
        url.includes('/comment')
          ? { comments, total: 100_000 }
          : {
              key: 'SHOP-1',
              accountId: 'bot',
              fields: {
                summary: 's',
                status: { statusCategory: { key: 'new' } },
                labels: ['stackward'],
                project: { key: 'SHOP' },
                created: time,
                updated: time,
              },
            },
    };
    const server = await recordingServer(({ url }, response) =>
      response.end(JSON.stringify(answers[provider](url))),
    );
    const lab = openTickets(provider === 'github' ? githubAt(server.url) : jiraAt(server.url, 'cloud'));
    const args = someComment(provider === 'github' ? '1' : 'SHOP-1');
    await expect(lab.write(ticketComment, undefined, args)).rejects.toMatchObject({ code: 'conflict' });
    expect(server.received.filter(({ url }) => url.includes('/comment')).length).toBeLessThan(5);
    await server.close();
  },
);
