import { createHash, createHmac } from 'node:crypto';
import type { Resolved } from '../../secrets/reference.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { Connector } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { createHttpClient, type HttpApi } from '../../toolset/http/client.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { confine } from '../../toolset/http/routes.ts';
import { postEvent, type Webhook, WebhookUrl, webhookUrlOf } from '../../toolset/http/webhook.ts';
import { createKeyLedgers } from '../../toolset/key-ledger.ts';
import { given } from '../../toolset/provider-fields.ts';
import type { OnCallConnection } from './connection.ts';
import { type Incident, type OwnPage, type OwnPages, statusOf } from './own-pages.ts';
import type { OnCallReader, OnCallWriter } from './provider.ts';
import { alertmanagerReader, alertmanagerWriter } from './providers/alertmanager.ts';
import { type Announcer, announcingWriter } from './providers/announcing.ts';
import { pagerDutyReader, pagerDutyWriter } from './providers/pagerduty.ts';
import { pagerDutyApi } from './providers/pagerduty-api.ts';
import { eventsFailure, pagerDutyEvents } from './providers/pagerduty-events.ts';
import { slackAnnouncer, slackFailure } from './providers/slack.ts';
import { webhookAnnouncer } from './providers/webhook.ts';
import type { OnCallTypes } from './tool.ts';

type Connection = Resolved<OnCallConnection>;

const USER_AGENT = { 'user-agent': 'stackward' };
const ownPagesAt = createKeyLedgers<OwnPage>();
const incidentsAt = createKeyLedgers<Incident>();

/** Opens clients of the provider that the component names. Nothing is sent until a tool asks. */
export const connector: Connector<OnCallTypes, OnCallConnection> = {
  async openReader({ connection, warn }) {
    for (const warning of new Set(warningsOf(connection))) warn(warning);
    return { client: readerOf(connection), close: async () => {} };
  },
  async openWriter({ connection }) {
    return { client: writerOf(connection), close: async () => {} };
  },
};

/** A routing key travels in the body, and is a credential as much as a token. */
function warningsOf({ url, credentials, routing_key: key, api: access }: Connection): string[] {
  const sent = [
    [url, credentials ?? (key && { token: key })],
    [access?.url, access],
  ] as const;
  return sent.flatMap(([to, by]) => (to && by ? (warningOf(to, { credentials: by }) ?? []) : []));
}

function readerOf(connection: Connection): OnCallReader {
  switch (connection.provider) {
    case 'pagerduty':
      return pagerDutyReader(apiOf(connection), ownPages(connection, routingKeyOf(connection)));
    case 'alertmanager':
      return alertmanagerReader(alertmanagerOf(connection, ['GET']));
    case 'slack':
      return { status: async () => statusOf('slack', ownPages(connection, slackOf(connection).url)) };
    case 'webhook':
      return { status: async () => statusOf('webhook', ownPages(connection, hookOf(connection).url)) };
  }
}

function writerOf(connection: Connection): OnCallWriter {
  switch (connection.provider) {
    case 'pagerduty': {
      const key = routingKeyOf(connection);
      const events = pagerDutyEvents(eventsOf(connection), key);
      return pagerDutyWriter(events, apiOf(connection), ownPages(connection, key));
    }
    case 'alertmanager': {
      const { alone } = ownPages(connection, connection.url ?? '');
      return alertmanagerWriter(alertmanagerOf(connection, ['GET', 'POST']), alone);
    }
    case 'slack': {
      const hook = slackOf(connection);
      const post = (message: Parameters<typeof postEvent>[1], signal: AbortSignal) =>
        postEvent(hook, message, undefined, signal);
      return announcing(connection, slackAnnouncer(post), hook.url);
    }
    case 'webhook': {
      const hook = hookOf(connection);
      const announcer = webhookAnnouncer((event, key, signal) => postEvent(hook, event, key, signal));
      return announcing(connection, announcer, hook.url);
    }
  }
}

/** @param place tells one backend from another; only its hash is kept, since it may be a credential */
const ownPages = (connection: Connection, place: string): OwnPages => ownPagesAt(placeOf(connection, place));

const placeOf = ({ provider }: Connection, place: string): string =>
  createHash('sha256').update(`${provider} ${place}`).digest('hex');

const announcing = (connection: Connection, announcer: Announcer, place: string) =>
  announcingWriter(announcer, ownPages(connection, place), incidentsAt(placeOf(connection, place)));

const api = (name: string, more: Pick<HttpApi, 'url' | 'root' | 'headers'>): HttpApi => ({
  name,
  askForLess: 'there is more open than can be shown',
  ...more,
  headers: { ...USER_AGENT, ...more.headers },
});

function eventsOf({ url = 'https://events.pagerduty.com' }: Connection) {
  const http = createHttpClient({
    ...api('PagerDuty Events API', { url, root: ['v2'], headers: {} }),
    failureOf: eventsFailure,
  });
  return confine(http, [['POST', 'enqueue']]);
}

function apiOf({ api: access }: Connection) {
  if (!access) return undefined;
  const { url = 'https://api.pagerduty.com', service, token } = access;
  const headers = {
    authorization: `Token token=${printable(token, 'api.token')}`,
    accept: 'application/vnd.pagerduty+json;version=2',
  };
  const http = createHttpClient(api('PagerDuty REST API', { url, root: [], headers }));
  const routes = [
    ['GET', 'incidents'],
    ['GET', 'services', service],
    ['GET', 'oncalls'],
  ] as const;
  return pagerDutyApi(confine(http, routes), service);
}

function alertmanagerOf(connection: Connection, methods: readonly ('GET' | 'POST')[]) {
  const url = given(connection.url, 'url');
  const headers = headersOf(connection);
  const http = createHttpClient(api('Alertmanager HTTP API', { url, root: ['api', 'v2'], headers }));
  const routes = methods.map((method) => [method, 'alerts'] as const);
  return { http: confine(http, routes), labels: connection.labels ?? {} };
}

function slackOf({ webhook_url }: Connection): Webhook {
  const url = given(webhook_url, 'webhook_url').expose();
  const isSafe = /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/])/.test(url);
  if (!isSafe || !WebhookUrl.safeParse(url).success)
    throw new ToolError(
      'secret_unavailable',
      'webhook_url holds no address of a Slack webhook: https, with a path, and without a query',
    );
  return { name: 'Slack webhook', url, headers: USER_AGENT, failureOf: slackFailure };
}

function hookOf(connection: Connection): Webhook {
  const url = webhookUrlOf(given(connection.url, 'url'));
  const { signing_secret: shared } = connection;
  const sign = shared && ((text: string) => createHmac('sha256', shared.expose()).update(text).digest('hex'));
  return { name: 'webhook', url, headers: { ...USER_AGENT, ...headersOf(connection) }, sign };
}

const routingKeyOf = ({ routing_key }: Connection): string =>
  printable(given(routing_key, 'routing_key'), 'routing_key');

/** `fetch` would quote a header value that it refuses, credential and all, in its error. */
function printable(secret: Secret, field: string): string {
  const text = secret.expose();
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  throw new ToolError('secret_unavailable', `${field} holds no such credential: one word is expected`);
}
