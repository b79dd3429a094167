import { describe, expect, test } from 'vitest';
import { amAlerts } from '../../src/services/alertmanager/tools/am-alerts.ts';
import { amGroups } from '../../src/services/alertmanager/tools/am-groups.ts';
import { amReceivers } from '../../src/services/alertmanager/tools/am-receivers.ts';
import { amSilences } from '../../src/services/alertmanager/tools/am-silences.ts';
import { openAttack } from '../services/alertmanager/attack.ts';
import { openAm } from '../services/alertmanager/fixture.ts';
import { OF_OTHERS } from '../services/alertmanager/server.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

/** Everything but just the scope's label: missing, empty, longer, in other case, under another name. */
const FOREIGN: Record<string, string>[] = [
  {},
  { namespace: '' },
  { namespace: 'finance' },
  { namespace: 'shop2' },
  { namespace: 'SHOP' },
  { namespace: 'shop\n' },
  { Namespace: 'shop' },
  { exported_namespace: 'shop' },
];
const alert = (labels: object) => ({
  labels,
  annotations: { text: 'payouts' },
  startsAt: '2026-01-01T00:00:00Z',
  fingerprint: 'f',
  receivers: [{ name: 'payouts-desk' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: ['finance'] },
});
const own = {
  ...alert({ namespace: 'shop', alertname: 'A' }),
  annotations: {},
  receivers: [{ name: 'desk' }],
};
const matcher = (name: string, value: string, more = {}) => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
  ...more,
});
const silence = (...matchers: object[]) => ({
  id: '7a1d0f7e-0000-4000-8000-000000000001',
  status: { state: 'active' },
  matchers,
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2099-01-01T00:00:00Z',
  createdBy: 'payouts',
  comment: 'payouts',
});

/** A server, or a proxy before it, that does not heed the filter. */
async function heedless(data: unknown) {
  const server = await recordingServer((_, response) => response.end(JSON.stringify(data)));
  return { am: openAm({ url: server.url }), received: server.received, close: server.close };
}

describe('what a server sends although it was not asked for', () => {
  test('alerts and their receivers', async () => {
    const { am, received, close } = await heedless([...FOREIGN.map(alert), own]);
    expect((await am.read(amAlerts, 'shop', {})).alerts).toMatchObject([{ name: 'A' }]);
    expect((await am.read(amReceivers, 'shop', {})).receivers).toEqual(['desk']);
    expect(received.map(({ url }) => url)).toEqual(
      Array(2).fill('/api/v2/alerts?filter=namespace%3D%22shop%22'),
    );
    await close();
  });

  test('groups, their labels and their other alerts', async () => {
    const { am, close } = await heedless([
      { labels: { namespace: 'shop' }, receiver: { name: 'payouts-desk' }, alerts: FOREIGN.map(alert) },
      { labels: { team: 'payouts' }, receiver: { name: 'desk' }, alerts: [...FOREIGN.map(alert), own] },
    ]);
    const { groups } = await am.read(amGroups, 'shop', {});
    expect(groups).toMatchObject([{ receiver: 'desk', labels: {}, total: 1, alerts: [{ name: 'A' }] }]);
    expect(JSON.stringify(groups)).not.toMatch(OF_OTHERS);
    await close();
  });

  test('silences that reach, or may reach, further than the scope', async () => {
    const { am, close } = await heedless([
      ...FOREIGN.flatMap((labels) =>
        Object.entries(labels).map(([name, value]) => silence(matcher(name, value))),
      ),
      silence(matcher('alertname', 'payouts')),
      silence(matcher('namespace', 'shop', { isRegex: true })),
      silence(matcher('namespace', 'shop', { isEqual: false })),
      silence(matcher('namespace', 'shop|finance', { isRegex: true }), matcher('alertname', 'A')),
    ]);
    expect((await am.read(amSilences, 'shop', {})).silences).toEqual([]);
    await close();
  });
});

const attack = openAttack();

describe.skipIf(!attack.available)('a caller’s filter that would widen the lists', () => {
  const VALUES = [
    'finance',
    '.*',
    'shop"} or {namespace="finance',
    '",namespace=~".*',
    '\\',
    'a\\"',
    '"',
    'x\n"',
  ];
  const MATCHERS = VALUES.flatMap((value) => [
    { label: 'namespace', value },
    { label: 'namespace', op: '!=' as const, value },
    { label: 'alertname', op: '!=' as const, value },
  ]);

  test.for(MATCHERS)('%j stays one matcher more', async (given) => {
    const answers = [
      await attack.am().read(amAlerts, 'shop', { matchers: [given] }),
      await attack.am().read(amGroups, 'shop', { matchers: [given] }),
    ];
    expect(JSON.stringify(answers)).not.toMatch(OF_OTHERS);
    expect(attack.sent()).toHaveLength(2);
    for (const { url } of attack.sent()) {
      const [scope, own, ...more] = url.searchParams.getAll('filter');
      expect(scope).toBe('namespace="shop"');
      expect(own).toMatch(/^(namespace|alertname)!?="(?:[^"\\\n]|\\["\\n])*"$/);
      expect(more).toEqual([]);
    }
  });

  test.for([
    { matchers: [{ label: 'namespace=~".*",x', value: 'y' }] },
    { matchers: [{ label: '', value: 'y' }] },
    { matchers: [{ label: 'alertname', op: '=', value: 'nul\0' }] },
    { matchers: [{ label: 'alertname', op: '} or {', value: 'x' }] },
    { filter: 'namespace="finance"' },
  ])('%j is refused before anything leaves', async (args) => {
    await attack.refused(() => attack.am().read(amAlerts, 'shop', args as object));
  });

  test.for(['payouts-desk', '.*', 'shop-desk|payouts-desk', ')|(.*', '(?i)SHOP-DESK'])(
    'a receiver named %j shows nothing of others',
    async (receiver) => {
      expect((await attack.am().read(amAlerts, 'shop', { receiver })).alerts).toEqual([]);
    },
  );

  test('silences of others do not show, by id or in any state', async () => {
    const ids = [
      await attack.server().silence([{ name: 'namespace', value: 'finance' }]),
      await attack.server().silence([{ name: 'alertname', value: 'Full' }]),
      await attack.server().silence([{ name: 'namespace', value: 'shop|finance', isRegex: true }]),
    ];
    for (const args of [{}, { state: 'active' as const }, ...ids.map((id) => ({ id }))])
      expect((await attack.am().read(amSilences, 'shop', args)).silences).toEqual([]);
    expect((await attack.am().read(amSilences, 'none', {})).silences).toHaveLength(3);
    for (const { url } of attack.sent().slice(0, -1))
      expect(url.searchParams.getAll('filter')).toEqual(['namespace="shop"']);
  });
});
