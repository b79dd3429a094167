import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();

/** Without its label a line could not be told from another's when it comes back. */
describe('a label of the scope', () => {
  test.for([
    '{app="cart"} | label_format namespace="finance"',
    '{app="cart"} | label_format namespace=app',
    '{app="cart"} | label_format copy=namespace',
    '{app="cart"} | label_format a=app, namespace=`{{.app}}`',
    '{app="cart"} | drop namespace',
    '{app="cart"} | drop app, namespace=~".+"',
    '{app="cart"} | json namespace="msg"',
    '{app="cart"} | json namespace',
    '{app="cart"} | logfmt a, namespace="msg"',
    'label_replace(rate({app="cart"}[1h]), "namespace", "shop", "app", ".*")',
    'sum(label_replace(rate({app="cart"}[1h]), "namespace", "", "", ""))',
    'count_over_time({app="cart"} | drop namespace [1h])',
  ])('is not rewritten: %s', async (logql) => {
    await attack.refused('loki_query_range', { logql });
  });

  test('stays when others are kept', async () => {
    const answer = await attack.confined('loki_query_range', { logql: '{app="cart"} | keep level' });
    expect(answer.streams).toContainEqual({ level: 'info', namespace: 'shop' });
    await attack.confined('loki_query_range', { logql: '{app="cart"} | keep namespace="finance"' });
    expect(attack.twin().requests[0]?.params.query).toMatch(/\| keep namespace="finance", namespace$/);
  });

  test('is not overwritten by what a line says', async () => {
    const answer = await attack.confined('loki_query_range', { logql: '{level="error"} | json' });
    expect(answer.streams).toMatchObject([{ namespace: 'shop', namespace_extracted: 'finance-lookalike' }]);
  });

  test('may be rewritten where nothing is confined', async () => {
    const logql = '{app="cart"} | label_format namespace="elsewhere"';
    const { streams } = await attack.read('loki_query_range', 'none', { logql });
    expect(streams).toContainEqual(expect.objectContaining({ namespace: 'elsewhere' }));
  });
});
