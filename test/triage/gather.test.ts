import { afterEach, expect, test } from 'vitest';
import { startGrafanaTwin, TOKEN } from '../twins/grafana.ts';
import { startLokiTwin } from '../twins/loki.ts';
import { type Cluster, COMMITS, ON, openCluster } from './cluster.ts';

let cluster: Cluster;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await cluster.close();
  await Promise.all(closing.splice(0).map((close) => close()));
});

const { signal } = new AbortController();
const alertNow = () => ({
  name: 'Errors',
  component: 'orders-api',
  summary: 'it fails',
  at: new Date().toISOString(),
});
const secondsAgo = (seconds: number, line: string) => ({
  nanoseconds: `${Math.floor(Date.now() / 1000) - seconds}000000000`,
  line,
});

test('lines of a linked Loki are read by the labels that name components, each once', async () => {
  const loki = await startLokiTwin({
    streams: [
      { labels: { app: 'orders-api', service: 'orders-api' }, entries: [secondsAgo(60, 'level=error boom')] },
      { labels: { service_name: 'orders-db' }, entries: [secondsAgo(50, 'deadlock detected')] },
      { labels: { app: 'somebody-else' }, entries: [secondsAgo(40, 'not of this stack')] },
      { labels: { app: 'search' }, entries: [secondsAgo(7_200, 'two hours ago')] },
    ],
  });
  closing.push(loki.close);
  cluster = await openCluster({
    components: `  orders-db: {type: application}\n  logs: {type: loki, url: "${loki.url}"}\n`,
    links: '  - {from: triage, to: logs, type: observes}\n',
  });
  const { logs } = await cluster.backend.gather(alertNow(), signal);
  expect(logs.map(({ component, line }) => [component, line])).toEqual(
    expect.arrayContaining([
      ['orders-api', 'level=error boom'],
      ['orders-db', 'deadlock detected'],
    ]),
  );
  expect(logs.filter(({ line }) => line === 'level=error boom')).toHaveLength(1);
  expect(JSON.stringify(logs)).not.toMatch(/not of this stack|two hours ago/);
  expect(loki.violations).toEqual([]);
});

test('a Loki that does not answer, or is not linked, costs its lines and not the run', async () => {
  const loki = await startLokiTwin({ streams: [] });
  closing.push(loki.close);
  cluster = await openCluster({
    components: `  logs: {type: loki, url: "${loki.url}"}\n  far: {type: loki, url: "${loki.url}"}\n`,
    links: '  - {from: triage, to: far, type: observes}\n',
  });
  loki.behaviour.instead = (response) => response.writeHead(500).end('broken');
  const { services } = await cluster.backend.gather(alertNow(), signal);
  expect(services.map(({ name }) => name)).toEqual(['orders-api', 'payments', 'search']);
  await cluster.close();
  cluster = await openCluster();
  loki.forget();
  await cluster.backend.gather(alertNow(), signal);
  expect(loki.requests).toEqual([]);
});

test('what people marked in a linked Grafana is told of the deploy whose commit it names, and makes none up', async () => {
  const grafana = await startGrafanaTwin();
  closing.push(grafana.close);
  const time = Date.now() - 60_000;
  grafana.state.addAnnotation({ text: `orders-api ${COMMITS.bad}: new pricing`, time, tags: ['deploy'] });
  grafana.state.addAnnotation({ text: 'payments ddddddd9 deployed', time, tags: ['deploy'] });
  cluster = await openCluster({
    env: { ...ON, GRAFANA_TOKEN: TOKEN },
    components: `  boards: {type: grafana, url: "${grafana.url}", credentials: {token: {env: GRAFANA_TOKEN}}}\n`,
    links: '  - {from: triage, to: boards, type: observes}\n',
  });
  for (const set of cluster.twin.state.replicaSets)
    set.metadata.creationTimestamp = new Date(time).toISOString();
  const { recent_deploys: deploys } = await cluster.backend.gather(alertNow(), signal);
  expect(
    deploys.find(({ service, commit }) => service === 'orders-api' && commit === COMMITS.bad),
  ).toMatchObject({ message: `orders-api ${COMMITS.bad}: new pricing` });
  expect(JSON.stringify(deploys)).not.toContain('ddddddd9');
  expect(grafana.violations).toEqual([]);
});

test('a Deployment that is drawn and gone is left out, and the others are looked at', async () => {
  cluster = await openCluster({
    components:
      '  ghost: {type: kubernetes-workload, cluster: prod, namespace: shop, workload: deployment/ghost}\n',
    links: '  - {from: triage, to: ghost, type: operates}\n',
  });
  const { services } = await cluster.backend.gather(alertNow(), signal);
  expect(services.map(({ name }) => name)).toEqual(['orders-api', 'payments', 'search']);
});
