import { expect, test } from 'vitest';
import { markLineOf } from '../../src/services/ticket-tracker/providers/github-markup.ts';
import { markOf } from '../../src/services/ticket-tracker/ticket.ts';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { githubAt, jiraAt, openTickets, someTicket } from '../services/ticket-tracker/lab.ts';

const TIME = '2026-01-01T00:00:00Z';
const issue = (number: number, more: object) => ({
  number,
  title: 'salaries',
  state: 'open',
  body: null,
  user: null,
  labels: [],
  assignees: [],
  comments: 0,
  created_at: TIME,
  updated_at: TIME,
  html_url: 'https://github.example/1',
  ...more,
});
const jiraIssue = (key: string, labels: string[], project: string) => ({
  key,
  fields: {
    summary: 'salaries',
    description: null,
    status: { statusCategory: { key: 'new' } },
    labels,
    project: { key: project },
    created: TIME,
    updated: TIME,
  },
});

test('what GitHub sends although it was not asked for does not show', async () => {
  const found = [
    issue(1, {}),
    issue(2, { labels: [{ name: 'other' }] }),
    issue(3, { labels: [{ name: 'stackward' }], pull_request: {} }),
    issue(4, { labels: ['stackward'], title: 'ours' }),
  ];
  const server = await recordingServer(({ url }, response) => {
    response.end(JSON.stringify(url.includes('?') ? found : issue(4, { labels: ['stackward'] })));
  });
  const lab = openTickets(githubAt(server.url));
  expect((await lab.read(ticketList, undefined, {})).tickets.map(({ title }) => title)).toEqual(['ours']);
  // The answer to a number that was moved is the ticket of another number.
  await expect(lab.read(ticketGet, undefined, { ticket: '9' })).rejects.toMatchObject({ code: 'not_found' });
  await server.close();
});

test('what Jira sends although it was not asked for does not show', async () => {
  const issues = [
    jiraIssue('SHOP-1', [], 'SHOP'),
    jiraIssue('FIN-1', ['stackward'], 'FIN'),
    jiraIssue('SHOP-2', ['stackward'], 'FIN'),
    jiraIssue('FIN-2', ['stackward'], 'SHOP'),
  ];
  const server = await recordingServer((_, response) => response.end(JSON.stringify({ issues })));
  for (const edition of ['cloud', 'server'] as const) {
    const lab = openTickets(jiraAt(server.url, edition));
    expect((await lab.read(ticketList, undefined, {})).tickets).toEqual([]);
  }
  const jql = new URL(server.received[0]?.url ?? '', server.url).searchParams.get('jql');
  expect(jql).toBe('project = "SHOP" AND labels = "stackward" AND statusCategory != 3 ORDER BY created DESC');
  await server.close();
});

test.each([
  ['a key that leads to another ticket', jiraIssue('SHOP-4', ['stackward'], 'SHOP')],
  ['a ticket that says it is of another project', jiraIssue('SHOP-9', ['stackward'], 'FIN')],
  ['a ticket without the label', jiraIssue('SHOP-9', ['other'], 'SHOP')],
])('%s is not read', async (_, issue) => {
  const server = await recordingServer((_request, response) => response.end(JSON.stringify(issue)));
  const lab = openTickets(jiraAt(server.url, 'cloud'));
  await expect(lab.read(ticketGet, undefined, { ticket: 'SHOP-9' })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(server.received).toHaveLength(1);
  await server.close();
});

test('a ticket of another account that GitHub sends unasked does not stand for ours', async () => {
  const args = someTicket();
  const body = `words\n\n${markLineOf(markOf('ticket', 'stackward', args.idempotency_key))}`;
  const theirs = issue(5, { labels: ['stackward'], body, user: { id: 8, login: 'ann' } });
  const user = { id: 7, login: 'stackward-bot' };
  const ours = issue(6, { labels: ['stackward'], user });
  const server = await recordingServer(({ method, url }, response) => {
    const answer = url === '/user' ? user : url.includes('?') ? [theirs] : ours;
    response.writeHead(method === 'POST' ? 201 : 200).end(JSON.stringify(answer));
  });
  const { output } = await openTickets(githubAt(server.url)).write(ticketOpen, undefined, args);
  expect(output).toEqual({ ticket: '6', created: true });
  await server.close();
});
