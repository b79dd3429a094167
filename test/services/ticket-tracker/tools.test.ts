import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ticketTracker } from '../../../src/services/ticket-tracker/service.ts';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { GITHUB_TOKEN, type GitHubTwin, startGitHubTwin } from '../../twins/github-issues.ts';
import { JIRA_PASSWORD, JIRA_USER, type JiraTwin, startJiraTwin } from '../../twins/jira.ts';
import { HOOK_SECRET, HOOK_TOKEN, startWebhookTwin, type WebhookTwin } from '../../twins/webhook.ts';
import { expectStrict, someComment, someTicket } from './lab.ts';

let github: GitHubTwin;
let cloud: JiraTwin;
let server: JiraTwin;
let hook: WebhookTwin;
let stack: TestStack;
beforeAll(async () => {
  github = await startGitHubTwin();
  [cloud, server, hook] = [
    await startJiraTwin('cloud'),
    await startJiraTwin('server'),
    await startWebhookTwin(),
  ];
  const flags = ['REPO', 'CLOUD', 'SERVER', 'HOOK'].map((name) => [`MCP_${name}_WRITE_ACCESS`, 'true']);
  stack = await openStack({
    topology: topology(),
    env: { GITHUB_TOKEN, JIRA_PASSWORD, HOOK_TOKEN, HOOK_SECRET, ...Object.fromEntries(flags) },
  });
});
afterAll(async () => {
  for (const twin of [github, cloud, server, hook]) expectStrict(twin);
  await stack?.close();
  for (const twin of [github, cloud, server, hook]) await twin?.close();
});

/** Calls a tool and checks its answer by the tool's own schema. */
async function call(tool: string, args: Record<string, unknown>, as = 'triage') {
  const result = await stack.call(tool, args, { as });
  expect(result.isError, JSON.stringify(result.content)).toBe(false);
  const schema = ticketTracker.tools.find(({ name }) => name === tool)?.output;
  return schema?.parse(result.structuredContent) as Record<string, unknown>;
}

describe('ticket-tracker through the whole pipeline', () => {
  test('a link gives reads, and writes only where it and the flag allow', () => {
    const reads = ['ticket_get', 'ticket_list'];
    const tools = (as: string) => stack.tools(as).filter((name) => name.startsWith('ticket_'));
    expect(tools('triage')).toEqual(['ticket_comment', ...reads, 'ticket_open'].sort());
    expect(tools('watcher')).toEqual(reads);
  });

  test.each(['repo', 'cloud', 'server'])(
    '%s: ticket_open, ticket_comment, ticket_get, ticket_list',
    async (target) => {
      const { ticket } = await call('ticket_open', { target, ...someTicket() });
      const comment = someComment(String(ticket));
      await call('ticket_comment', { target, ...comment });
      expect(await call('ticket_get', { target, ticket }, 'watcher')).toMatchObject({
        id: ticket,
        comments: [{ body: expect.stringContaining(comment.body) }],
      });
      expect(await call('ticket_list', { target }, 'watcher')).toMatchObject({ tickets: [{ id: ticket }] });
    },
  );

  test('hook: ticket_open and ticket_comment', async () => {
    const { ticket } = await call('ticket_open', { target: 'hook', ...someTicket() });
    await call('ticket_comment', { target: 'hook', ...someComment(String(ticket)) });
    expect(hook.events).toHaveLength(2);
  });

  test('no credential is in what was answered', async () => {
    const shown = JSON.stringify([stack.reports, await call('ticket_list', { target: 'repo' })]);
    for (const secret of [GITHUB_TOKEN, JIRA_PASSWORD, HOOK_SECRET, HOOK_TOKEN])
      expect(shown).not.toContain(secret);
  });
});

describe('a topology that does not fit', () => {
  const problems = async (fields: string): Promise<string> =>
    openStack({ topology: `stack: s\ncomponents:\n  tracker: {type: ticket-tracker, ${fields}}\n` }).then(
      () => 'fits',
      (error: unknown) => String(error),
    );
  const TOKEN = 'credentials: {token: {env: T}}';
  const JIRA = `provider: jira, url: "https://a", ${TOKEN}, project: SHOP, issue_type: Bug`;

  test.each([
    ['provider: github', 'needs the field credentials'],
    [`provider: github, ${TOKEN}`, 'needs the field repository'],
    [`provider: github, ${TOKEN}, repository: acme/shop, project: SHOP`, 'does not take this field'],
    ['provider: github, repository: acme/shop, credentials: {user: a, password: {env: P}}', 'takes a token'],
    [JIRA, 'needs the field edition'],
    [`${JIRA}, edition: cloud, labels: ["two words"]`, 'has no spaces'],
    [`provider: github, ${TOKEN}, repository: "../shop"`, 'OWNER/NAME'],
    [`provider: github, ${TOKEN}, repository: "acme/.."`, 'OWNER/NAME'],
    [`provider: github, ${TOKEN}, repository: "acme/shop/x"`, 'OWNER/NAME'],
    [
      `provider: jira, url: "https://a", ${TOKEN}, project: 'A" OR x', issue_type: Bug, edition: cloud`,
      'key of a Jira',
    ],
    [`provider: github, ${TOKEN}, repository: acme/shop, label: 'a,b'`, 'a label has'],
  ])('%s', async (fields, expected) => {
    expect(await problems(fields)).toContain(expected);
  });

  test('what fits, fits', async () => {
    expect(await problems(`provider: github, ${TOKEN}, repository: acme/.github`)).toBe('fits');
    expect(await problems(`${JIRA}, edition: server`)).toBe('fits');
  });
});

const topology = () => `
stack: shop
components:
  repo:
    type: ticket-tracker
    provider: github
    url: ${github.url}
    repository: acme/shop
    credentials: {token: {env: GITHUB_TOKEN}}
    labels: [db]
  cloud: ${jira(cloud.url, 'cloud')}
  server: ${jira(server.url, 'server')}
  hook:
    type: ticket-tracker
    provider: webhook
    url: ${hook.hook}
    credentials: {token: {env: HOOK_TOKEN}}
    signing_secret: {env: HOOK_SECRET}
    labels: [db]
  triage: {type: agent}
  watcher: {type: agent}
links:
${['repo', 'cloud', 'server', 'hook']
  .flatMap((name) => [
    `  - {from: triage, to: ${name}, type: files}`,
    `  - {from: watcher, to: ${name}, type: observes}`,
  ])
  .join('\n')}
`;

const jira = (url: string, edition: string) =>
  `{type: ticket-tracker, provider: jira, url: ${url}, edition: ${edition}, project: SHOP, issue_type: Bug, labels: [db], credentials: {user: ${JIRA_USER}, password: {env: JIRA_PASSWORD}}}`;
