import { expect } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/on-call/connect.ts';
import { onCall } from '../../../src/services/on-call/service.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import type { HttpTwin } from '../../twins/http-twin.ts';
import { API_TOKEN, ROUTING_KEY, SERVICE, startPagerDutyTwin } from '../../twins/pagerduty.ts';
import { startSlackTwin } from '../../twins/slack.ts';
import { HOOK_SECRET, HOOK_TOKEN, startWebhookTwin } from '../../twins/webhook.ts';

type Connection = Parameters<typeof connector.openReader>[0]['connection'];

/** A component of type on-call, whose tools run through clients of the real connector. */
export const openOnCall = (connection: Connection) =>
  openToolLab({ connector, connection, subs: {}, limits: onCall.limits, component: 'pager' });
export type OnCallLab = ReturnType<typeof openOnCall>;

const secret = (label: string, value: string) => new Secret(label, value);

/** @param url of the twin of PagerDuty, for events and for the REST API */
export const pagerDutyEventsOnly = (url: string, key = ROUTING_KEY): Connection => ({
  provider: 'pagerduty',
  url,
  routing_key: secret('routing_key', key),
});
export const pagerDutyWithApi = (url: string, token = API_TOKEN): Connection => ({
  ...pagerDutyEventsOnly(url),
  api: { token: secret('token', token), service: SERVICE, url },
});
export const slackAt = (webhook: string): Connection => ({
  provider: 'slack',
  webhook_url: secret('webhook_url', webhook),
});
export const webhookAt = (url: string, more: { token?: string; shared?: string } = {}): Connection => ({
  provider: 'webhook',
  url,
  credentials: { token: secret('token', more.token ?? HOOK_TOKEN) },
  signing_secret: secret('signing_secret', more.shared ?? HOOK_SECRET),
});
export const alertmanagerAt = (url: string): Connection => ({
  provider: 'alertmanager',
  url,
  labels: { team: 'shop' },
});

let pages = 0;
/** A page under a key that no other test uses. */
export function somePage(more: object = {}) {
  pages += 1;
  return {
    key: `orders-db.full:${process.pid}-${pages}`,
    severity: 'critical' as const,
    summary: 'The disk of orders-db is full',
    component: 'orders-db',
    details: 'no space left\nsince 12:00',
    ...more,
  };
}

/** Everything that was sent was something that the real server knows. */
export const expectStrict = (twin: HttpTwin) => expect(twin.violations).toEqual([]);

/** A twin of each provider that cannot be had. */
export async function startTwins() {
  const twins = {
    pagerduty: await startPagerDutyTwin(),
    slack: await startSlackTwin(),
    hook: await startWebhookTwin(),
  };
  const all = Object.values(twins);
  return { ...twins, all, close: () => Promise.all(all.map((twin) => twin.close())) };
}
