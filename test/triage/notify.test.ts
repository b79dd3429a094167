import { afterEach, expect, test } from 'vitest';
import type { RunEvent } from '../../src/triage/events.ts';
import { auditRecords } from '../server/stackward.ts';
import { GITHUB_TOKEN, startGitHubTwin } from '../twins/github-issues.ts';
import { JIRA_PASSWORD, JIRA_USER, startJiraTwin } from '../twins/jira.ts';
import { API_TOKEN, ROUTING_KEY, SERVICE, startPagerDutyTwin } from '../twins/pagerduty.ts';
import { startSlackTwin } from '../twins/slack.ts';
import { type Cluster, COMMITS, ON, openCluster } from './cluster.ts';
import { badDeploy } from './incident.ts';
import { type StandIn, startPrometheus } from './prometheus-stand-in.ts';
import { STATIONS, type Working } from './stations.ts';

const [[, inMemory], [, overHttp]] = STATIONS;

/** A triage that is linked to people, through the real services and the twins of what they speak to. */
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

async function open(station: typeof inMemory = inMemory) {
  const [prometheus, pager, channel, repo, jira] = await Promise.all([
    startPrometheus(),
    startPagerDutyTwin(),
    startSlackTwin(),
    startGitHubTwin(),
    startJiraTwin('cloud'),
  ]);
  const twins = [pager, channel, repo, jira];
  const cluster = await openCluster({
    prometheus: prometheus.url,
    env: {
      ...ON,
      PD_KEY: ROUTING_KEY,
      PD_TOKEN: API_TOKEN,
      SLACK_URL: channel.webhook,
      GITHUB_TOKEN,
      JIRA_PASSWORD,
      ...Object.fromEntries(
        ['PAGER', 'CHANNEL', 'REPO', 'JIRA'].map((name) => [`MCP_${name}_WRITE_ACCESS`, 'true']),
      ),
    },
    components: `  pager:
    type: on-call
    provider: pagerduty
    url: ${pager.url}
    routing_key: {env: PD_KEY}
    api: {token: {env: PD_TOKEN}, service: ${SERVICE}, url: ${pager.url}}
  channel: {type: on-call, provider: slack, webhook_url: {env: SLACK_URL}}
  repo: {type: ticket-tracker, provider: github, url: ${repo.url}, repository: acme/shop, credentials: {token: {env: GITHUB_TOKEN}}}
  jira: {type: ticket-tracker, provider: jira, url: ${jira.url}, edition: cloud, project: SHOP, issue_type: Bug, credentials: {user: ${JIRA_USER}, password: {env: JIRA_PASSWORD}}}
`,
    links: `  - {from: triage, to: pager, type: pages}
  - {from: triage, to: channel, type: pages}
  - {from: triage, to: repo, type: files}
  - {from: triage, to: jira, type: files}
`,
  });
  closing.push(prometheus.close, ...twins.map((twin) => twin.close), cluster.close);
  const told: RunEvent[] = [];
  const working: Working = await station(cluster, {
    limits: { windowMs: 40, lookEveryMs: 10 },
    tell: (event) => told.push(event),
  });
  closing.push(working.close);
  return { cluster, prometheus, pager, channel, repo, jira, told, working };
}

async function run(lab: { cluster: Cluster; prometheus: StandIn; working: Working }, heals: boolean) {
  const { cluster, prometheus, working } = lab;
  const alert = badDeploy(
    cluster,
    prometheus,
    () => heals && cluster.imageOf('orders-api') === `shop/orders-api:${COMMITS.old}`,
  );
  const { ended } = await working.desk.open(alert);
  return (await ended)?.ending;
}

test.each([
  ['in memory', inMemory],
  ['over Streamable HTTP', overHttp],
])(
  '%s: page and tickets hold the trail, with places that are in the audit',
  async (_name, station) => {
    const lab = await open(station);
    expect(await run(lab, false)).toBe('handed_over');
    const sent = lab.pager.requests.filter(({ path }) => path === '/v2/enqueue');
    expect(sent).toHaveLength(1);
    expect(lab.channel.messages).toHaveLength(1);
    // One ticket when the change was made, and one when it had to be taken back.
    expect(lab.repo.issues).toHaveLength(2);
    expect(lab.jira.issues).toHaveLength(2);
    const bodies = [
      JSON.stringify(sent[0]),
      JSON.stringify(lab.channel.messages[0]),
      String(lab.repo.issues.at(-1)?.body),
      String(lab.jira.issues.at(-1)?.description),
    ];
    const records = await auditRecords(lab.cluster.stack);
    for (const body of bodies) {
      expect(body).toContain('way_back');
      const places = [...body.matchAll(/k8s_rollback_workload of orders-api was done \(audit (\d+)\)/g)];
      expect(places.length).toBeGreaterThan(0);
      for (const [, place] of places) {
        const record = records.find(({ seq }) => seq === Number(place));
        expect(JSON.stringify(record)).toContain('k8s_rollback_workload');
      }
    }
    expect(bodies[2]).toMatch(/quality gate: passed/);
    expect(bodies[2]).toMatch(/action gate: passed/);
    for (const twin of [lab.pager, lab.channel, lab.repo, lab.jira]) expect(twin.violations).toEqual([]);
  },
  60_000,
);

test('a heal pages nobody, and each tracker has one ticket', async () => {
  const lab = await open();
  expect(await run(lab, true)).toBe('healed');
  expect(lab.pager.calls()).toBe(0);
  expect(lab.channel.messages).toEqual([]);
  expect([lab.repo.issues.length, lab.jira.issues.length]).toEqual([1, 1]);
});

test('where nobody can be told, the run ends as it would, and its events say so', async () => {
  const lab = await open();
  for (const twin of [lab.pager, lab.channel, lab.repo, lab.jira]) twin.breakWith(500);
  expect(await run(lab, true)).toBe('healed');
  expect(lab.told).toContainEqual(
    expect.objectContaining({ type: 'fallback', step: 'notify', from: 'page and ticket', to: 'the events' }),
  );
  expect(lab.told.filter(({ type }) => type === 'done')).toHaveLength(1);
  expect(lab.cluster.writes()).toHaveLength(1);
});

test.each([429, 500])('a pager that answers %i keeps no ticket from being opened', async (status) => {
  const lab = await open();
  lab.pager.breakWith(status);
  expect(await run(lab, false)).toBe('handed_over');
  expect(lab.repo.issues.at(-1)?.body).toContain('way_back');
  const notified = lab.told.filter((event) => event.type === 'step' && event.step === 'notify');
  expect(JSON.stringify(notified.at(-1))).toContain('not told everybody');
});

test('a page whose answer was lost is not sent twice', async () => {
  const lab = await open();
  lab.pager.loseNextAnswer();
  expect(await run(lab, false)).toBe('handed_over');
  expect(lab.pager.calls()).toBe(1);
});
