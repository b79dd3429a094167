import { describe, expect, test } from 'vitest';
import { Names } from '../../src/services/prometheus/api.ts';
import { createReader } from '../../src/services/prometheus/client.ts';
import { openAttack } from '../services/prometheus/attack.ts';
import { answering, recordingServer } from '../services/prometheus/fixture.ts';

const attack = openAttack();
const LABELS = [
  '../../admin/tsdb/delete_series',
  '..',
  '.',
  '',
  'a/b',
  'a%2fb',
  '%2e%2e',
  'namespace/values?match[]={namespace="finance"}&x=',
  'namespace?x',
  'namespace#',
  'name space',
  'a\r\nX-Scope-OrgID: finance',
  'näme',
  '\\..\\',
];

describe.skipIf(!attack.available)('a label name that climbs out of its path', () => {
  test.for(LABELS)('%j is refused, with and without the schema', async (label) => {
    await attack.refused('prom_labels', { label }, { unchecked: true });
    await attack.refused('prom_labels', { label });
  });

  test('values of the scope’s own label are those of the scope', async () => {
    const answer = await attack.confined('prom_labels', { label: 'namespace' });
    expect(answer.values).toEqual(['shop']);
    expect(attack.sent()).toMatch(/^GET \/api\/v1\/label\/namespace\/values\?/);
  });
});

test('the client itself lets no segment leave its place', async () => {
  const server = await recordingServer(answering([]));
  const reader = createReader(server.url, {});
  const bounds = { signal: new AbortController().signal, limits: { rows: 1, bytes: 1, deadlineMs: 1 } };
  for (const label of LABELS) {
    await reader
      .ask({ method: 'GET', path: ['label', label, 'values'], params: [], data: Names }, bounds)
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'invalid_arguments' }));
  }
  await server.close();
  expect(server.received.length).toBeGreaterThan(5);
  for (const { url } of server.received) expect(url).toMatch(/^\/api\/v1\/label\/[^/?#]+\/values$/);
});
