import { expect, test } from 'vitest';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { githubAt, jiraAt, openTickets } from '../services/ticket-tracker/lab.ts';

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
