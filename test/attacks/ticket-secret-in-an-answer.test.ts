import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { githubAt, jiraAt, openTickets, someTicket, webhookAt } from '../services/ticket-tracker/lab.ts';
import { GITHUB_TOKEN } from '../twins/github-issues.ts';
import { JIRA_PASSWORD } from '../twins/jira.ts';
import { HOOK_SECRET, HOOK_TOKEN } from '../twins/webhook.ts';

const SECRETS = [GITHUB_TOKEN, JIRA_PASSWORD, HOOK_SECRET, HOOK_TOKEN];

test.for([400, 401, 403, 404, 410, 422, 500, 503])(
  'an answer with status %s that repeats the request is not quoted',
  async (status) => {
    const server = await recordingServer(({ headers, body }, response) => {
      const said = [JSON.stringify(headers), body, ...SECRETS].join(' ');
      const errors = { [said]: said, summary: said };
      response.writeHead(status).end(JSON.stringify({ message: said, errorMessages: [said], errors }));
    });
    for (const connection of [
      githubAt(server.url),
      jiraAt(server.url, 'cloud'),
      webhookAt(`${server.url}/hooks`),
    ]) {
      const lab = openTickets(connection);
      const errors = await Promise.all(
        [
          lab.write(ticketOpen, undefined, someTicket()),
          lab.read(ticketList, undefined, {}),
          lab.read(ticketGet, undefined, { ticket: connection.provider === 'jira' ? 'SHOP-1' : '1' }),
        ].map((attempt) => attempt.catch((thrown: unknown) => thrown)),
      );
      const shown = inspect([errors, lab.warnings], { depth: 10 });
      expect(shown).toContain('ToolError');
      for (const secret of [...SECRETS, Buffer.from(`bot:${JIRA_PASSWORD}`).toString('base64')])
        expect(shown).not.toContain(secret);
    }
    await server.close();
  },
);
