import { createHash, createHmac } from 'node:crypto';
import type { Resolved } from '../../secrets/reference.ts';
import type { Connector } from '../../toolset/define.ts';
import { createHttpClient, type HttpApi, type HttpClient } from '../../toolset/http/client.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { rehearsing } from '../../toolset/http/rehearsing.ts';
import { confine, type Route } from '../../toolset/http/routes.ts';
import { postEvent, webhookUrlOf } from '../../toolset/http/webhook.ts';
import { createKeyLedgers } from '../../toolset/key-ledger.ts';
import { given } from '../../toolset/provider-fields.ts';
import { endTrial } from '../../toolset/trial-end.ts';
import type { TicketConnection } from './connection.ts';
import type { Recent } from './once.ts';
import { GitHubTracker } from './providers/github.ts';
import { githubRoutes } from './providers/github-api.ts';
import { githubFailure, isGitHubLimit } from './providers/github-failure.ts';
import { GitHubReading } from './providers/github-reading.ts';
import { JiraTracker } from './providers/jira.ts';
import { jiraRoutes } from './providers/jira-api.ts';
import { jiraFailure } from './providers/jira-failure.ts';
import { JiraReading } from './providers/jira-reading.ts';
import { type PostEvent, webhookReader, webhookWriter } from './providers/webhook.ts';
import type { TicketTypes } from './tool.ts';
import type { TicketWriter, Tracker, TrackerReading } from './tracker.ts';
import { TrackerWriter } from './writer.ts';

type Connection = Resolved<TicketConnection>;

const USER_AGENT = { 'user-agent': 'stackward' };
const recentAt = createKeyLedgers<Recent>();
const ownEventsAt = createKeyLedgers<string>();

/** Opens clients of the tracker that the component names. Nothing is sent until a tool asks. */
export const connector: Connector<TicketTypes, TicketConnection> = {
  async openReader({ connection, warn }) {
    const warning = connection.url === undefined ? undefined : warningOf(connection.url, connection);
    if (warning !== undefined) warn(warning);
    return { client: readerOf(connection), close: async () => {} };
  },
  async openWriter({ connection }) {
    return { client: writerOf(connection, { isTrial: false }), close: async () => {} };
  },
  async openRehearsal({ connection }) {
    return { client: writerOf(connection, { isTrial: true }), triesAgain: true, close: async () => {} };
  },
};

function readerOf(connection: Connection): TrackerReading {
  switch (connection.provider) {
    case 'github': {
      const place = repositoryOf(connection);
      return new GitHubReading(githubAt(connection, githubRoutes(place, false)), place);
    }
    case 'jira': {
      const place = projectOf(connection);
      return new JiraReading(jiraAt(connection, jiraRoutes(place, false)), place);
    }
    case 'webhook':
      return webhookReader;
  }
}

/** @param isTrial it reads, and ends the trial of a way back at the first write */
function writerOf(connection: Connection, { isTrial }: { readonly isTrial: boolean }): TicketWriter {
  const { provider, label, labels = [] } = connection;
  const { url = '', repository = '', project = '' } = connection;
  const at = createHash('sha256').update([provider, url, repository, project].join(' ')).digest('hex');
  const sent = (http: HttpClient) => (isTrial ? rehearsing(http) : http);
  const writer = (tracker: Tracker) => new TrackerWriter({ tracker, label, labels, recent: recentAt(at) });
  switch (provider) {
    case 'github': {
      const place = repositoryOf(connection);
      return writer(new GitHubTracker(sent(githubAt(connection, githubRoutes(place, true))), place));
    }
    case 'jira': {
      const place = projectOf(connection);
      return writer(new JiraTracker(sent(jiraAt(connection, jiraRoutes(place, true))), place));
    }
    case 'webhook':
      return webhookWriter(isTrial ? endTrial : hookOf(connection), ownEventsAt(at), { label, labels });
  }
}

function repositoryOf(connection: Connection) {
  const [owner = '', name = ''] = given(connection.repository, 'repository').split('/');
  return { owner, name, label: connection.label };
}

const projectOf = (connection: Connection) => ({
  url: given(connection.url, 'url'),
  edition: given(connection.edition, 'edition'),
  project: given(connection.project, 'project'),
  issueType: given(connection.issue_type, 'issue_type'),
  label: connection.label,
});

const githubAt = (connection: Connection, routes: readonly Route[]) =>
  open(connection, routes, {
    name: 'GitHub REST API',
    url: connection.url ?? 'https://api.github.com',
    root: [],
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    failureOf: githubFailure,
    isLimit: isGitHubLimit,
  });

const jiraAt = (connection: Connection, routes: readonly Route[]) =>
  open(connection, routes, {
    name: 'Jira REST API',
    url: given(connection.url, 'url'),
    root: ['rest', 'api', '2'],
    headers: {},
    failureOf: jiraFailure,
  });

function open(connection: Connection, routes: readonly Route[], api: Omit<HttpApi, 'askForLess'>) {
  const headers = { ...USER_AGENT, ...api.headers, ...headersOf(connection) };
  return confine(createHttpClient({ ...api, headers, askForLess: 'ask for one ticket' }), routes);
}

function hookOf(connection: Connection): PostEvent {
  const url = webhookUrlOf(given(connection.url, 'url'));
  const { signing_secret: shared } = connection;
  const sign = shared && ((text: string) => createHmac('sha256', shared.expose()).update(text).digest('hex'));
  const hook = { name: 'webhook', url, headers: { ...USER_AGENT, ...headersOf(connection) }, sign };
  return (event, key, signal) => postEvent(hook, event, key, signal);
}
