import { afterEach, expect, test } from 'vitest';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { githubAt, jiraAt, openTickets, someTicket, webhookAt } from '../services/ticket-tracker/lab.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

test.for([301, 302, 303, 307, 308])(
  'a redirect with status %s, as of a repository that moved, takes neither ticket nor token along',
  async (status) => {
    const elsewhere = await recordingServer((_, response) => response.end('[]'));
    const server = await recordingServer((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/repositories/1/issues` }).end();
    });
    servers = [elsewhere, server];
    for (const connection of [githubAt(server.url), jiraAt(server.url, 'cloud')]) {
      const lab = openTickets(connection);
      await expect(lab.read(ticketList, undefined, {})).rejects.toMatchObject({ code: 'unreachable' });
      await expect(lab.write(ticketOpen, undefined, someTicket())).rejects.toMatchObject({
        code: 'unreachable',
      });
    }
    const hook = openTickets(webhookAt(`${server.url}/hooks`));
    await expect(hook.write(ticketOpen, undefined, someTicket())).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(server.received).toHaveLength(5);
    expect(elsewhere.received).toEqual([]);
  },
);
