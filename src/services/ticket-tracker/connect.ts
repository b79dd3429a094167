import { createHash, createHmac } from 'node:crypto';
import type { Resolved } from '../../secrets/reference.ts';
import type { Connector } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { createHttpClient, type HttpApi } from '../../toolset/http/client.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { confine, type Route } from '../../toolset/http/routes.ts';
import { postEvent, WebhookUrl } from '../../toolset/http/webhook.ts';
import { createKeyLedgers } from '../../toolset/key-ledger.ts';
import type { TicketConnection } from './connection.ts';
import { githubRoutes, githubTracker } from './providers/github.ts';
import { githubFailure } from './providers/github-failure.ts';
import { jiraRoutes, jiraTracker } from './providers/jira.ts';
import { jiraFailure } from './providers/jira-failure.ts';
import { type PostEvent, webhookReader, webhookWriter } from './providers/webhook.ts';
import type { TicketTypes } from './tool.ts';
import type { TicketWriter, Tracker } from './tracker.ts';
import { createWriter } from './writer.ts';

type Connection = Resolved<TicketConnection>;

const USER_AGENT = { 'user-agent': 'stackward' };
const lostAt = createKeyLedgers<number>();

/** Opens clients of the tracker that the component names. Nothing is sent until a tool asks. */
export const connector: Connector<TicketTypes, TicketConnection> = {
  async openReader({ connection, warn }) {
    const warning = connection.url === undefined ? undefined : warningOf(connection.url, connection);
    if (warning !== undefined) warn(warning);
    return { client: trackerOf(connection, false) ?? webhookReader, close: async () => {} };
  },
  async openWriter({ connection }) {
    return { client: writerOf(connection), close: async () => {} };
  },
};

function writerOf(connection: Connection): TicketWriter {
  const { label, labels = [] } = connection;
  const tracker = trackerOf(connection, true);
  if (!tracker) return webhookWriter(hookOf(connection), label, labels);
  const { provider, url = '', repository = '', project = '' } = connection;
  const place = createHash('sha256').update([provider, url, repository, project].join(' ')).digest('hex');
  return createWriter({ tracker, label, labels, lost: lostAt(place) });
}

/** Undefined for a webhook, which cannot be read. */
function trackerOf(connection: Connection, writes: boolean): Tracker | undefined {
  switch (connection.provider) {
    case 'github':
      return githubOf(connection, writes);
    case 'jira':
      return jiraOf(connection, writes);
    case 'webhook':
      return undefined;
  }
}

function githubOf(connection: Connection, writes: boolean): Tracker {
  const [owner = '', name = ''] = given(connection.repository, 'repository').split('/');
  const http = open(connection, githubRoutes({ owner, name }, writes), {
    name: 'GitHub REST API',
    url: connection.url ?? 'https://api.github.com',
    root: [],
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    failureOf: githubFailure,
  });
  return githubTracker(http, { owner, name }, connection.label);
}

function jiraOf(connection: Connection, writes: boolean): Tracker {
  const url = given(connection.url, 'url');
  const place = {
    url,
    edition: given(connection.edition, 'edition'),
    project: given(connection.project, 'project'),
    issueType: given(connection.issue_type, 'issue_type'),
    label: connection.label,
  };
  const http = open(connection, jiraRoutes(place, writes), {
    name: 'Jira REST API',
    url,
    root: ['rest', 'api', '2'],
    headers: {},
    failureOf: jiraFailure,
  });
  return jiraTracker(http, place);
}

function open(connection: Connection, routes: readonly Route[], api: Omit<HttpApi, 'askForLess'>) {
  const headers = { ...USER_AGENT, ...api.headers, ...headersOf(connection) };
  return confine(createHttpClient({ ...api, headers, askForLess: 'ask for one ticket' }), routes);
}

function hookOf(connection: Connection): PostEvent {
  const url = WebhookUrl.safeParse(given(connection.url, 'url'));
  if (!url.success) throw new ToolError('setting_unavailable', `url: ${url.error.issues[0]?.message}`);
  const { signing_secret: shared } = connection;
  const sign = shared && ((text: string) => createHmac('sha256', shared.expose()).update(text).digest('hex'));
  const hook = { name: 'webhook', url: url.data, headers: { ...USER_AGENT, ...headersOf(connection) }, sign };
  return (event, key, signal) => postEvent(hook, event, key, signal);
}

/** The topology's check demands it; this says so to the compiler. */
function given<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new ToolError('setting_unavailable', `${field} is not given`);
  return value;
}
