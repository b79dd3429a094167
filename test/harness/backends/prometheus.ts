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

const RULES = `groups:
  - name: shop
    rules:
      - {alert: QueueDeep, expr: 'queue_depth{namespace="shop"} > 1', labels: {namespace: shop, severity: page}, annotations: {summary: mail is late}}
      - {record: 'shop:depth', expr: 'sum(queue_depth{namespace="shop"})', labels: {namespace: shop}}
  - name: finance
    rules:
      - {alert: PayoutsDeep, expr: 'queue_depth{namespace="finance"} > 1', labels: {namespace: finance}}
`;

/** Starts a real Prometheus that scrapes an exporter of ours every second. Undefined where it cannot be had. */
export async function startPrometheus() {
  const program = ensureProgram('prometheus');
  if (!program) return undefined;
  const exporter = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${EXPOSITION}\n`);
  });
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
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
    static_configs: [{targets: ['127.0.0.1:${(exporter.address() as AddressInfo).port}']}]
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
    return data.alerts.filter((alert) => alert.state === 'firing').length === 2;
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

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('prometheus did not fire its two test alerts within 30 s');
}
