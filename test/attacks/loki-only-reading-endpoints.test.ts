import { expect, test } from 'vitest';
import { loki } from '../../src/services/loki/service.ts';
import { openAttack } from '../services/loki/lab.ts';

/** Below the same root Loki takes pushes, deletions and rules with the same credentials. */
const attack = openAttack();

const READING =
  /^(GET|POST) \/loki\/api\/v1\/(query|query_range|series|labels|label\/\w+\/values|index\/stats|patterns)$/;

test('whatever is called, only endpoints that read are asked', async () => {
  expect(loki.tools.every(({ access }) => access === 'read')).toBe(true);
  const calls: [string, object][] = [
    ['loki_query', { logql: 'rate({app="x"}[5m])' }],
    ['loki_query_range', { logql: '{app="x"}' }],
    ['loki_labels', {}],
    ['loki_label_values', { label: 'push' }],
    ['loki_series', { selector: '{app="x"}' }],
    ['loki_stats', { selector: '{app="x"}' }],
    ['loki_patterns', { selector: '{app="x"}' }],
  ];
  for (const [tool, args] of calls) {
    await attack.read(tool, 'none', args);
    await attack.read(tool, 'shop', args);
  }
  const lines = attack.twin().requests.map(({ method, path }) => `${method} ${path}`);
  expect(lines).toHaveLength(2 * calls.length);
  for (const line of lines) expect(line).toMatch(READING);
});

test.for(['push', 'delete', 'rules', 'tail', '../../../ready', 'query/../push'])(
  'a tool takes no endpoint: %s',
  async (endpoint) => {
    for (const field of ['endpoint', 'path', 'url', 'method']) {
      await attack.refused('loki_series', { selector: '{app="x"}', [field]: endpoint });
    }
  },
);
