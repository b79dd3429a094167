import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/cli/demo/free-port.ts';
import { ensureProgram } from '../install.ts';

/** Two namespaces, `shop` and `finance`, so that a test can ask whether one link ever sees the other. */
const EXPOSITION = [
  '# TYPE http_requests_total counter',
  'http_requests_total{namespace="shop",app="orders",code="200"} 1000',
  'http_requests_total{namespace="shop",app="orders",code="500"} 10',
  'http_requests_total{namespace="finance",app="ledger",code="200"} 77',
  '# TYPE queue_depth gauge',
  'queue_depth{namespace="shop",queue="mail"} 3',
  'queue_depth{namespace="finance",queue="payouts"} 41',
  '# TYPE build_info gauge',
  'build_info{namespace="shop",version="1.2.3"} 1',
  'build_info{namespace="finance",version="9.9.9"} 1',
].join('\n');

/** A target that carries the label `namespace="shop"` itself, with a counter that grows by two each second. */
const app = () => {
  const seconds = Math.floor(Date.now() / 1000) % 1_000_000;
  return [
    '# HELP orders_placed_total Orders that customers placed.',
    '# TYPE orders_placed_total counter',
    `orders_placed_total{app="orders"} ${seconds * 2}`,
    '# HELP checkout_seconds Time that a checkout takes.',
    '# TYPE checkout_seconds histogram',
    `checkout_seconds_bucket{le="0.1"} ${seconds}`,
    `checkout_seconds_bucket{le="0.5"} ${seconds * 3}`,
    `checkout_seconds_bucket{le="+Inf"} ${seconds * 4}`,
    `checkout_seconds_sum ${seconds}`,
    `checkout_seconds_count ${seconds * 4}`,
    '# HELP work_pending What the shop has yet to send.',
    '# TYPE work_pending gauge',
    'work_pending 5',
  ].join('\n');
};

/** A target that carries the label `namespace="finance"` itself. */
const LEDGER = [
  '# HELP ledger_entries_total Bookings in the general ledger.',
  '# TYPE ledger_entries_total counter',
  'ledger_entries_total{book="general"} 5150',
  '# HELP work_pending What the payouts desk has yet to wire.',
  '# TYPE work_pending gauge',
  'work_pending 61',
].join('\n');

const pageAt = (path = '/metrics') =>
  path.startsWith('/app') ? app() : path.startsWith('/ledger') ? LEDGER : EXPOSITION;

const RULES = `groups:
  - name: shop
    rules:
      - {alert: QueueDeep, expr: 'queue_depth{namespace="shop"} > 1', labels: {namespace: shop, severity: page}, annotations: {summary: mail is late}}
      - {record: 'shop:depth', expr: 'sum(queue_depth{namespace="shop"})', labels: {namespace: shop}}
  - name: finance
    rules:
      - {alert: PayoutsDeep, expr: 'queue_depth{namespace="finance"} > 1', labels: {namespace: finance}}
  - name: everybody
    rules:
      - {record: 'all:depth', expr: 'sum(queue_depth)'}
`;

/** Starts a real Prometheus that scrapes an exporter of ours every second. Undefined where it cannot be had. */
export async function startPrometheus() {
  const program = ensureProgram('prometheus');
  if (!program) return undefined;
  const exporter = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${pageAt(request.url)}\n`);
  });
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
  const dir = await mkdtemp(join(tmpdir(), 'stackward-prometheus-'));
  const port = await freePort();
  await writeFile(join(dir, 'rules.yml'), RULES);
  await writeFile(
    join(dir, 'prometheus.yml'),
    `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs:
  - job_name: shop
    honor_labels: true
    static_configs: [{targets: ['${address}']}]
  - job_name: orders
    metrics_path: /app
    params: {key: [scrape-key-of-orders]}
    static_configs: [{targets: ['${address}'], labels: {namespace: shop}}]
  - job_name: ledger
    metrics_path: /ledger
    static_configs: [{targets: ['${address}'], labels: {namespace: finance}}]
`,
  );
  const child = spawn(
    program,
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilTrue(async () => {
    const answer = await fetch(`${url}/api/v1/alerts`);
    const { data } = (await answer.json()) as { data: { alerts: { state: string }[] } };
    const firing = data.alerts.filter((alert) => alert.state === 'firing').length === 2;
    return firing && (await isScrapedTwice(url));
  });
  return {
    access: { port },
    stop: async () => {
      const gone = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      exporter.closeAllConnections();
      exporter.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Whether every target gave enough for a rate. */
async function isScrapedTwice(url: string): Promise<boolean> {
  const answer = await fetch(
    `${url}/api/v1/query?query=${encodeURIComponent('rate(orders_placed_total[1m])')}`,
  );
  const { data } = (await answer.json()) as { data: { result: unknown[] } };
  return data.result.length === 1;
}

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('prometheus did not fire its two test alerts within 30 s');
}
