import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';
import { answering, isProbe, OF_FINANCE, openProm, recordingServer } from '../services/prometheus/fixture.ts';

const alert = (labels: object) => ({
  labels,
  annotations: { text: 'payouts' },
  state: 'firing',
  value: '41',
});
const rule = (name: string, labels?: object) => ({
  type: 'alerting',
  name,
  query: 'payouts',
  ...(labels ? { labels } : {}),
  health: 'err',
  lastError: 'duplicate series {namespace="finance"}',
  alerts: [alert({ namespace: 'finance' })],
});
const target = (labels: object, discoveredLabels: object = {}) => ({
  labels,
  discoveredLabels: { __meta_secret: 'finance', ...discoveredLabels },
  scrapePool: 'pool',
  scrapeUrl: 'http://scraper:pass-word@10.0.0.1:9100/metrics?token=tok-en#frag-ment',
  health: 'down',
  lastError: 'Get "http://scraper:pass-word@10.0.0.1:9100/metrics?token=tok-en": refused',
  lastScrape: '2026-01-01T00:00:00Z',
  lastScrapeDuration: 0.1,
});
/** Everything but just the scope's label: missing, empty, longer, in other case, inherited from a prototype. */
const FOREIGN = [
  {},
  { namespace: '' },
  { namespace: 'finance' },
  { namespace: 'shop2' },
  { namespace: 'SHOP' },
  { Namespace: 'shop' },
  { exported_namespace: 'shop' },
];

async function through(data: unknown, tool: string) {
  const server = await recordingServer(answering(data));
  const answer = await (await openProm({ url: server.url })).call(tool, {}, 'shop');
  await server.close();
  return answer;
}

describe('alerts, rules and targets of another scope', () => {
  test('alerts', async () => {
    expect(await through({ alerts: FOREIGN.map(alert) }, 'prom_alerts')).toEqual({
      alerts: [],
      truncated: false,
    });
    const own = await through({ alerts: [alert({ namespace: 'shop', alertname: 'A' })] }, 'prom_alerts');
    expect(own.alerts).toHaveLength(1);
  });

  test('rules, their queries and the names of their groups', async () => {
    const groups = FOREIGN.map((labels, index) => ({
      name: `payouts-${index}`,
      rules: [rule('PayoutsDeep', labels), rule('NoLabels')],
    }));
    expect(await through({ groups }, 'prom_rules')).toEqual({ rules: [], truncated: false });
    const mixed = {
      groups: [
        {
          name: 'g',
          rules: [rule('PayoutsDeep'), { ...rule('Mail', { namespace: 'shop' }), query: 'mail' }],
        },
      ],
    };
    const { rules } = await through(mixed, 'prom_rules');
    expect(rules).toMatchObject([{ name: 'Mail', active_alerts: 0 }]);
    expect(JSON.stringify(rules)).not.toMatch(OF_FINANCE);
  });

  test('targets, whatever their discovered labels say', async () => {
    const activeTargets = FOREIGN.map((labels) => target(labels, { namespace: 'shop' }));
    expect(await through({ activeTargets, droppedTargets: [target({})] }, 'prom_targets')).toEqual({
      targets: [],
      truncated: false,
    });
    const own = await through({ activeTargets: [target({ namespace: 'shop', __x: 'y' })] }, 'prom_targets');
    expect(own.targets).toMatchObject([
      { url: 'http://10.0.0.1:9100/metrics', labels: { namespace: 'shop' } },
    ]);
    expect(JSON.stringify(own)).not.toMatch(/scraper|pass-word|tok-en|frag-ment|__|finance/);
  });

  test('help texts of another scope’s exporters', async () => {
    const entry = (labels: object) => ({
      target: labels,
      metric: 'up',
      type: 'gauge',
      help: 'payouts',
      unit: '',
    });
    const server = await recordingServer(({ url }, response) => {
      const data = url.includes('metadata') ? FOREIGN.map(entry) : isProbe(url) ? [] : ['up'];
      answering(data)({ method: '', url, headers: {}, body: '' }, response);
    });
    const answer = await (await openProm({ url: server.url })).call('prom_metrics', {}, 'shop');
    await server.close();
    expect(answer.metrics).toEqual([{ name: 'up' }]);
    expect(server.received.map(({ url }) => url).filter((url) => url.startsWith('/api/v1/metadata'))).toEqual(
      [],
    );
  });
});

const attack = openAttack();

test.skipIf(!attack.available)('a caller’s filter does not widen the lists', async () => {
  for (const [tool, args] of [
    ['prom_alerts', { name: 'PayoutsDeep' }],
    ['prom_rules', { search: 'payouts' }],
    ['prom_rules', { search: '' }],
    ['prom_targets', { job: 'ledger' }],
    ['prom_targets', { health: 'up' }],
  ] as const) {
    await attack.hidden(tool, args);
    await attack.refused(tool, { ...args, namespace: 'finance' });
  }
});
