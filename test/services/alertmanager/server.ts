import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/cli/demo/free-port.ts';
import type { Silence } from '../../../src/services/alertmanager/api.ts';
import { ensureProgram } from '../../harness/install.ts';

/** Path of the real program; undefined where it cannot be had. */
export const program = ensureProgram('prometheus-alertmanager');

const CONFIG = `route:
  receiver: everybody
  group_by: [alertname, namespace]
  group_wait: 1h
  routes:
    - {receiver: shop-desk, matchers: ['namespace="shop"']}
    - {receiver: payouts-desk, matchers: ['namespace="finance"']}
receivers:
  - name: everybody
  - name: shop-desk
  - name: payouts-desk
    webhook_configs: [{url: 'http://hooks.example/payouts-hook-path'}]
inhibit_rules:
  - {source_matchers: [alertname="Down"], target_matchers: [alertname="Slow"], equal: [namespace]}
`;

/** Two namespaces, so that a test can ask whether one scope ever sees the other. */
export const ALERTS = [
  {
    labels: { alertname: 'Slow', namespace: 'shop', severity: 'page' },
    annotations: { summary: 'checkout' },
  },
  { labels: { alertname: 'Full', namespace: 'shop', disk: 'a"b\\c\nd' } },
  { labels: { alertname: 'Down', namespace: 'shop' } },
  {
    labels: { alertname: 'PayoutsDeep', namespace: 'finance' },
    generatorURL: 'http://scraper:pass-word@10.0.0.1/graph?g0.expr=ledger',
  },
  { labels: { alertname: 'PayoutsDeep', namespace: 'shop-finance' } },
  { labels: { alertname: 'PayoutsDeep' } },
];

/** What only alerts, silences and receivers outside the scope `shop` hold. */
export const OF_OTHERS = /finance|payouts|ledger|pass-word|everybody/i;

export interface AmServer {
  readonly url: string;
  readonly port: number;
  /** Creates a silence as somebody else would, ending in an hour unless said otherwise, and returns its id. */
  silence(matchers: readonly RawMatcher[], more?: Record<string, unknown>): Promise<string>;
  /** Every silence that the server knows. */
  silences(): Promise<Silence[]>;
  /** Those that have not ended. */
  running(): Promise<Silence[]>;
  get(id: string): Promise<Silence | undefined>;
  /** Ends a silence as somebody else would. */
  expire(id: string): Promise<void>;
  expireAll(): Promise<void>;
  /** Names of the alerts that notify nobody because of a silence. */
  silenced(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface RawMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex?: boolean;
  readonly isEqual?: boolean;
}

/** Starts the real Alertmanager on a free port with {@link ALERTS}. Throws where it cannot be had. */
export async function startAlertmanager(): Promise<AmServer> {
  if (!program) throw new Error('prometheus-alertmanager is not installed');
  const dir = await mkdtemp(join(tmpdir(), 'stackward-alertmanager-'));
  await writeFile(join(dir, 'alertmanager.yml'), CONFIG);
  const port = await freePort();
  const child = spawn(
    program,
    [
      `--config.file=${join(dir, 'alertmanager.yml')}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  const api = async (path: string, method = 'GET', body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
    const answer = await fetch(`${url}/api/v2/${path}`, { method, ...sent });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  await untilTrue(async () => (await fetch(`${url}/-/ready`)).ok);
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  await api(
    'alerts',
    'POST',
    ALERTS.map((alert) => ({ ...alert, endsAt: inAnHour() })),
  );
  await untilTrue(async () => {
    const found: { status: { state: string } }[] = await api('alerts');
    const groups: unknown[] = await api('alerts/groups');
    return found.length === ALERTS.length && groups.length > 4;
  });
  const silences = (): Promise<Silence[]> => api('silences');
  const running = async () => (await silences()).filter(({ status }) => status.state !== 'expired');
  const expire = (id: string): Promise<void> => api(`silence/${id}`, 'DELETE');
  return {
    url,
    port,
    silences,
    running,
    expire,
    get: async (id) => (await silences()).find((one) => one.id === id),
    async silence(matchers, more = {}) {
      const made = await api('silences', 'POST', {
        matchers: matchers.map((matcher) => ({ isRegex: false, isEqual: true, ...matcher })),
        startsAt: new Date().toISOString(),
        endsAt: inAnHour(),
        createdBy: 'ann',
        comment: 'maintenance',
        ...more,
      });
      return made.silenceID;
    },
    async expireAll() {
      for (const { id } of await running()) await expire(id);
    },
    async silenced() {
      const found: { labels: Record<string, string>; status: { silencedBy: string[] } }[] =
        await api('alerts');
      return found
        .filter(({ status }) => status.silencedBy.length > 0)
        .map(({ labels }) => `${labels.namespace ?? ''}/${labels.alertname}`)
        .sort();
    },
    async stop() {
      const gone = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('alertmanager was not ready within 30 s');
}
