import { describe, expect, test } from 'vitest';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import {
  githubAt,
  githubCase,
  jiraAt,
  jiraCase,
  openTickets,
  someTicket,
} from '../services/ticket-tracker/lab.ts';

/** Two components in one repository or project, under one account, that differ in their label. */
const SCOPES = [
  ['GitHub', githubCase, githubAt],
  ['Jira', () => jiraCase('cloud'), (url: string) => jiraAt(url, 'cloud')],
] as const;

describe.each(SCOPES)('%s', (_, start, at) => {
  test('a key of a component with another label tells nothing of its ticket and keeps none back', async () => {
    const { twin, lab } = await start();
    const other = openTickets({ ...at(twin.url), label: 'finance' });
    const args = someTicket();
    const { output } = await other.write(ticketOpen, undefined, args);
    const own = await lab.write(ticketOpen, undefined, args);
    expect(own.output).toMatchObject({ created: true, ticket: expect.not.stringMatching(output.ticket) });
    expect(twin.issues).toHaveLength(2);
    await twin.close();
  });
});
