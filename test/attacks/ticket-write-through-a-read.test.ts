import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { githubRoutes } from '../../src/services/ticket-tracker/providers/github-api.ts';
import { jiraRoutes } from '../../src/services/ticket-tracker/providers/jira-api.ts';
import { ticketGet } from '../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../src/services/ticket-tracker/tools/ticket-list.ts';
import { createHttpClient, type HttpRequest } from '../../src/toolset/http/client.ts';
import { confine, type Route } from '../../src/toolset/http/routes.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { CASES } from '../services/ticket-tracker/lab.ts';

describe.each(CASES)('%s', (_, start) => {
  test('looking sends nothing but GET', async () => {
    const { twin, lab, openOther } = await start();
    const ticket = openOther();
    await lab.read(ticketList, undefined, { state: 'all' });
    await lab.read(ticketGet, undefined, { ticket });
    expect(new Set(twin.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    await twin.close();
  });
});

const github = { owner: 'acme', name: 'shop', label: 'x' };
const jira = { url: 'http://x', edition: 'cloud', project: 'SHOP', issueType: 'Bug', label: 'x' } as const;
type Sent = readonly [HttpRequest<unknown>['method'], string];

/** What neither a reading nor a writing client may ever send. */
const NEVER: readonly (readonly [string, readonly Route[], readonly Sent[]])[] = [
  [
    'GitHub',
    githubRoutes(github, true),
    [
      ['DELETE', 'repos/acme/shop'],
      ['GET', 'repos/acme/shop'],
      ['PATCH', 'repos/acme/shop'],
      ['POST', 'repos/acme/other/issues'],
      ['GET', 'repos/acme/other/issues/1'],
      ['GET', 'repos/ACME/shop/issues'],
      ['PUT', 'repos/acme/shop/issues/1/lock'],
      ['DELETE', 'repos/acme/shop/issues/1'],
      ['PATCH', 'repos/acme/shop/issues/comments/1'],
      ['POST', 'repos/acme/shop/issues/1/labels'],
      ['POST', 'repos/acme/shop/issues/x/comments'],
      ['GET', 'repos/acme/shop/contents'],
      ['POST', 'user/keys'],
      ['GET', 'users'],
      ['POST', 'graphql'],
    ],
  ],
  [
    'Jira',
    jiraRoutes(jira, true),
    [
      ['DELETE', 'issue/SHOP-1'],
      ['PUT', 'issue/SHOP-1'],
      ['GET', 'issue/FIN-1'],
      ['POST', 'issue/FIN-1/comment'],
      ['POST', 'issue/bulk'],
      ['PUT', 'issue/SHOP-1/comment/1'],
      ['DELETE', 'issue/FIN-1/comment/1'],
      ['GET', 'search'],
      ['POST', 'search/jql'],
      ['GET', 'users'],
      ['GET', 'project'],
      ['PUT', 'issue/SHOP-1/assignee'],
      ['POST', 'issue/SHOP-1/attachments'],
    ],
  ],
];

const READS: readonly (readonly [string, readonly Route[], readonly Sent[]])[] = [
  [
    'GitHub, reading',
    githubRoutes(github, false),
    [
      ['POST', 'repos/acme/shop/issues'],
      ['PATCH', 'repos/acme/shop/issues/1'],
      ['POST', 'repos/acme/shop/issues/1/comments'],
      ['DELETE', 'repos/acme/shop/issues/comments/1'],
      ['GET', 'user'],
    ],
  ],
  [
    'Jira, reading',
    jiraRoutes(jira, false),
    [
      ['POST', 'issue'],
      ['POST', 'issue/SHOP-1/transitions'],
      ['POST', 'issue/SHOP-1/comment'],
      ['DELETE', 'issue/SHOP-1/comment/1'],
      ['GET', 'myself'],
    ],
  ],
];

test.each([...NEVER, ...READS])(
  '%s: below every tool, what is not named does not leave',
  async (_, routes, sent) => {
    const server = await recordingServer((_request, response) => response.end('{}'));
    const http = confine(
      createHttpClient({ name: 'API', url: server.url, root: [], headers: {}, askForLess: '' }),
      routes,
    );
    for (const [method, path] of sent)
      await expect(
        http.ask({ method, path: path.split('/'), answer: z.unknown() }, new AbortController().signal),
        `${method} ${path}`,
      ).rejects.toMatchObject({ code: 'query_refused' });
    expect(server.received).toEqual([]);
    await server.close();
  },
);
