import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';
import { answering, openProm, recordingServer, type SCOPES } from '../services/prometheus/fixture.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('look-ups that name no series', () => {
  test.for([
    ['prom_series', {}],
    ['prom_series', { start: 0, end: 'now' }],
    ['prom_labels', {}],
    ['prom_labels', { label: 'queue' }],
    ['prom_labels', { label: '__name__' }],
    ['prom_metrics', {}],
    ['prom_metrics', { search: 'l' }],
    ['prom_series', { selector: '{}' }],
    ['prom_series', { selector: '{namespace="finance"}' }],
    ['prom_labels', { label: 'queue', selector: '{namespace=~".+"}' }],
    ['prom_labels', { label: 'queue', matchers: [{ label: 'namespace', value: 'finance' }] }],
  ] as const)('%s %j sends the scope', async ([tool, args]) => {
    await attack.confined(tool, args);
  });

  test.for([
    'queue_depth[5m]',
    'sum(queue_depth)',
    'queue_depth or build_info',
    'queue_depth offset 5m',
    '(queue_depth)',
    'queue_depth @ end()',
    '1',
    '"queue_depth"',
    'queue_depth&match[]={namespace="finance"}',
  ])('%s is no selector', async (selector) => {
    await attack.refused('prom_series', { selector });
    await attack.refused('prom_labels', { label: 'queue', selector });
  });
});

test('a backend that ignores match[] gets none of its series through', async () => {
  const server = await recordingServer(answering([{ namespace: 'shop' }, { namespace: 'finance' }]));
  const call = (await openProm({ url: server.url })).call('prom_series', { metric: 'up' }, 'shop');
  await expect(call).rejects.toMatchObject({ code: 'backend_failed' });
  await server.close();
});

test.for(['prom_labels', 'prom_metrics'])('nor any of its names, by %s', async (tool) => {
  const server = await recordingServer(answering(['payouts']));
  const prom = await openProm({ url: server.url });
  await expect(prom.call(tool, {}, 'shop')).rejects.toMatchObject({ code: 'backend_failed' });
  await server.close();
});

test('a scope that is empty, or not the one that the target names, opens nothing', async () => {
  const server = await recordingServer(answering([]));
  const prom = await openProm({ url: server.url });
  const nothing = { labels: {} } as typeof SCOPES.shop;
  for (const tool of [
    'prom_series',
    'prom_labels',
    'prom_metrics',
    'prom_alerts',
    'prom_rules',
    'prom_targets',
  ]) {
    const call = prom.call(tool, {}, 'shop', { scope: nothing });
    await expect(call).rejects.toMatchObject({ code: 'target_required' });
  }
  const query = prom.call('prom_query', { expr: 'up' }, 'shop', { scope: nothing });
  await expect(query).rejects.toMatchObject({ code: 'target_required' });
  await server.close();
  expect(server.received).toEqual([]);
});
