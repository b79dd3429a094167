import fc from 'fast-check';
import { expect } from 'vitest';
import { type AmServer, program, startAlertmanager } from '../../../services/alertmanager/server.ts';
import {
  API_TOKEN,
  type PagerDutyTwin,
  ROUTING_KEY,
  SERVICE,
  startPagerDutyTwin,
} from '../../../twins/pagerduty.ts';
import type { WebhookTwin } from '../../../twins/webhook.ts';
import { caseOf, defineLab, fresh, stopTwin, topologyOf } from '../lab.ts';
import { webhook } from './webhook.ts';

const page = fc.record(
  {
    severity: fc.constantFrom('critical', 'error', 'warning', 'info'),
    summary: fc.stringMatching(/^[a-zü][a-z@<! ]{0,30}[a-z]$/),
    component: fc.constant('app'),
    details: fc.constantFrom('one line', 'two\nlines'),
  },
  { requiredKeys: ['severity', 'summary', 'component'] },
);

const stackAt = (fields: string) => topologyOf('pager', `type: on-call, ${fields}`, 'pages');
const WRITES = { MCP_PAGER_WRITE_ACCESS: 'true' };

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const alertsOf = async ({ url }: AmServer): Promise<Alert[]> => {
  const all = (await (await fetch(`${url}/api/v2/alerts`)).json()) as Alert[];
  return all.map(({ labels, annotations }) => ({ labels, annotations }));
};

async function fire({ url }: AmServer, alert: Alert): Promise<void> {
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify([{ ...alert, endsAt }]);
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
  expect(answer.ok).toBe(true);
}

export const onCallByAlertmanager = defineLab<AmServer>({
  name: 'on-call by Alertmanager',
  isThere: program !== undefined,
  start: startAlertmanager,
  stop: (server) => server.stop(),
  stackOver: ({ url }) => ({
    topology: stackAt(`provider: alertmanager, url: '${url}', labels: {team: shop}`),
    env: WRITES,
  }),
  cases: {
    oncall_page: caseOf(page, async (server, given) => {
      const [key, beside] = [fresh('page'), fresh('beside')];
      const of = async (wanted: string) =>
        (await alertsOf(server)).filter(({ labels }) => Object.values(labels).includes(wanted));
      return {
        args: { key, ...given },
        read: async () => ({ own: await of(key), others: await of(beside) }),
        beside: () => fire(server, { labels: { alertname: 'Beside', beside }, annotations: {} }),
        async interfere() {
          for (const { labels, annotations } of await of(key))
            await fire(server, { labels, annotations: { ...annotations, summary: 'by hand' } });
        },
        alike: (own) => (own as Alert[]).map(({ labels }) => labels),
      };
    }),
  },
});

export const onCallByPagerDuty = defineLab<PagerDutyTwin>({
  name: 'on-call by the twin of PagerDuty',
  start: startPagerDutyTwin,
  stop: stopTwin,
  stackOver: ({ url }) => ({
    topology: stackAt(
      `provider: pagerduty, url: ${url}, routing_key: {env: KEY}, api: {token: {env: TOKEN}, service: ${SERVICE}, url: ${url}}`,
    ),
    env: { ...WRITES, KEY: ROUTING_KEY, TOKEN: API_TOKEN },
  }),
  forGood: {
    oncall_resolve(twin) {
      const key = fresh('page');
      twin.openOther(`stackward:${key}`);
      return { args: { key } };
    },
  },
  cases: {
    oncall_page: caseOf(page, async (twin, given) => {
      const [key, beside] = [fresh('page'), fresh('beside')];
      // As PagerDuty knows the page: apart from those of other tools.
      const theirs = `stackward:${key}`;
      const of = (wanted: string) =>
        structuredClone(twin.incidents.filter((one) => one.key === wanted && one.status !== 'resolved'));
      return {
        args: { key, ...given },
        read: async () => ({ own: of(theirs), others: of(beside) }),
        beside: () => twin.openOther(beside),
        interfere: () => twin.acknowledge(theirs),
      };
    }),
  },
});

export const onCallByWebhook = defineLab<WebhookTwin>({
  name: 'on-call by a webhook, which shows nothing',
  start: webhook.start,
  stop: webhook.stop,
  stackOver: (twin) => ({ topology: stackAt(webhook.fields(twin)), env: { ...WRITES, ...webhook.env } }),
  cases: {
    oncall_page: caseOf(page, async (twin, given) => {
      const key = fresh('page');
      return {
        args: { key, ...given },
        // A page is open for its receiver while the last that it heard of the key is the page.
        read: async () => ({
          own: twin.events.filter((one) => one.key === key).at(-1)?.event === 'page',
          others: null,
        }),
        beside: { never: 'a webhook holds nothing that others could change' },
        interfere: { never: 'what others do with a page cannot be read' },
        result: 'restored_unverified',
      };
    }),
  },
});
