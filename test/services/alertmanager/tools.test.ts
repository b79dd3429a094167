import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStack, type TestStack } from '../../harness/stack.ts';
import { type AmServer, OF_OTHERS, program, startAlertmanager } from './server.ts';

const ON = { MCP_ALERTS__SHOP_WRITE_ACCESS: 'true', MCP_ALL_ALERTS_WRITE_ACCESS: 'true' };

describe.skipIf(!program)('alertmanager through the whole pipeline', () => {
  let server: AmServer;
  let stack: TestStack;
  beforeAll(async () => {
    server = await startAlertmanager();
    stack = await openStack({ env: ON, topology: topologyAt(server.url) });
  });
  afterEach(() => server.expireAll());
  afterAll(async () => {
    await stack?.close();
    await server?.stop();
  });

  const call = async (tool: string, args: Record<string, unknown>, as?: string) => {
    const { isError, structuredContent, content } = await stack.call(
      tool,
      args,
      as === undefined ? {} : { as },
    );
    if (isError) throw new Error(JSON.stringify(content));
    return structuredContent as Record<string, never>;
  };

  test('a link gives reads, and writes only where it and the flag allow', () => {
    const reads = ['am_alerts', 'am_groups', 'am_receivers', 'am_silences', 'am_status'];
    const ofAm = (as: string) => stack.tools(as).filter((name) => name.startsWith('am_'));
    expect(ofAm('triage')).toEqual([...reads, 'am_create_silence', 'am_expire_silence'].sort());
    expect(ofAm('watcher')).toEqual(reads);
  });

  test('am_alerts shows the alerts of the scope alone', async () => {
    const shop = await call('am_alerts', {}, 'triage');
    expect(names(shop.alerts)).toEqual(['Down', 'Full', 'Slow']);
    expect(JSON.stringify(shop)).not.toMatch(OF_OTHERS);
    expect(shop.alerts).toContainEqual(
      expect.objectContaining({
        name: 'Slow',
        state: 'suppressed',
        inhibited: true,
        labels: { alertname: 'Slow', namespace: 'shop', severity: 'page' },
        annotations: { summary: 'checkout' },
        receivers: ['shop-desk'],
      }),
    );
    const all = await call('am_alerts', { target: 'all-alerts' });
    expect(all.alerts).toHaveLength(6);
    expect(JSON.stringify(all)).not.toContain('pass-word');
  });

  test('am_alerts narrows by matchers, receiver and state', async () => {
    const found = async (args: object) => names((await call('am_alerts', { ...args }, 'triage')).alerts);
    expect(await found({ matchers: [{ label: 'alertname', value: 'Full' }] })).toEqual(['Full']);
    expect(await found({ matchers: [{ label: 'disk', value: 'a"b\\c\nd' }] })).toEqual(['Full']);
    expect(await found({ matchers: [{ label: 'alertname', op: '!~', value: 'F.*|S.*' }] })).toEqual(['Down']);
    expect(await found({ receiver: 'shop-desk' })).toHaveLength(3);
    expect(await found({ receiver: 'shop-.*' })).toEqual([]);
    expect(await found({ state: 'active' })).toEqual(['Down', 'Full']);
    expect(await found({ state: 'inhibited' })).toEqual(['Slow']);
    expect(await found({ state: 'silenced' })).toEqual([]);
  });

  test('am_groups shows groups with the alerts of the scope', async () => {
    const { groups } = await call('am_groups', {}, 'triage');
    expect(groups).toHaveLength(3);
    expect(groups).toContainEqual(
      expect.objectContaining({
        receiver: 'shop-desk',
        labels: { alertname: 'Down', namespace: 'shop' },
        total: 1,
      }),
    );
    expect(JSON.stringify(groups)).not.toMatch(OF_OTHERS);
  });

  test('am_receivers names those that the scope’s alerts go to, or all', async () => {
    expect(await call('am_receivers', {}, 'triage')).toMatchObject({ receivers: ['shop-desk'] });
    expect(await call('am_receivers', { target: 'all-alerts' })).toMatchObject({
      receivers: ['everybody', 'payouts-desk', 'shop-desk'],
    });
  });

  test('am_status shows version and cluster, and nothing of the configuration', async () => {
    const status = await call('am_status', {}, 'triage');
    expect(status).toMatchObject({
      version: expect.stringMatching(/^0\.\d+/),
      cluster: { status: 'disabled' },
    });
    expect(JSON.stringify(status)).not.toMatch(/payouts|hook/);
  });

  test('a silence is created for the scope, seen, and ended', async () => {
    const args = {
      matchers: [{ label: 'alertname', values: ['Full', 'Down'] }],
      duration_minutes: 30,
      reason: 'disk is being replaced',
    };
    const made = await call('am_create_silence', args, 'triage');
    const [silence] = await server.running();
    expect(silence).toMatchObject({
      id: made.id,
      matchers: [
        { name: 'namespace', value: 'shop', isRegex: false, isEqual: true },
        { name: 'alertname', value: 'Full|Down', isRegex: true, isEqual: true },
      ],
      createdBy: 'stackward/triage',
      comment: expect.stringMatching(/^Stackward for triage, call [0-9a-f-]{36}: disk is being replaced$/),
    });
    const minutes = (Date.parse(silence?.endsAt ?? '') - Date.parse(silence?.startsAt ?? '')) / 60_000;
    expect(Math.round(minutes)).toBe(30);
    expect(await server.silenced()).toEqual(['shop/Down', 'shop/Full']);
    expect(await call('am_silences', {}, 'watcher')).toMatchObject({ silences: [{ id: made.id }] });
    expect(names((await call('am_alerts', { state: 'silenced' }, 'triage')).alerts)).toEqual([
      'Down',
      'Full',
    ]);
    expect(await call('am_expire_silence', { id: made.id }, 'triage')).toMatchObject({
      ended: { id: made.id, state: 'active' },
    });
    expect(await server.running()).toEqual([]);
    expect(await call('am_silences', {}, 'triage')).toMatchObject({ silences: [] });
    expect(await call('am_silences', { id: made.id }, 'triage')).toMatchObject({
      silences: [{ state: 'expired' }],
    });
    await expect(call('am_expire_silence', { id: made.id }, 'triage')).rejects.toThrow('conflict');
  });

  test('without scopes a silence has the caller’s labels alone', async () => {
    const args = {
      target: 'all-alerts',
      matchers: [{ label: 'alertname', value: 'PayoutsDeep' }],
      duration_minutes: 5,
      reason: 'drill',
    };
    await call('am_create_silence', args);
    expect(await server.silenced()).toEqual([
      '/PayoutsDeep',
      'finance/PayoutsDeep',
      'shop-finance/PayoutsDeep',
    ]);
  });

  test('a label value that reads like a wildcard is no explicit name for the gate', async () => {
    const args = {
      matchers: [{ label: 'alertname', value: '.*' }],
      duration_minutes: 5,
      reason: 'everything',
    };
    await expect(call('am_create_silence', args, 'triage')).rejects.toThrow('write_refused');
    expect(await server.running()).toEqual([]);
  });
});

const names = (alerts: unknown) => (alerts as { name: string }[]).map(({ name }) => name).sort();

const topologyAt = (url: string) => `
stack: shop
components:
  alerts:
    type: alertmanager
    url: ${url}
    scopes:
      shop: {labels: {namespace: shop}}
      finance: {labels: {namespace: finance}}
  all-alerts: {type: alertmanager, url: ${url}/}
  triage: {type: agent}
  watcher: {type: agent}
  operator: {type: agent}
links:
  - {from: triage, to: alerts, type: operates, scopes: [shop]}
  - {from: watcher, to: alerts, type: observes, scopes: [shop]}
  - {from: operator, to: all-alerts, type: operates}
`;
