import { describe, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('alternatives inside the braces', () => {
  test.for([
    'queue_depth{queue="mail" or namespace="finance"}',
    'queue_depth{queue="mail" OR namespace="finance"}',
    'queue_depth{namespace="shop" or namespace="finance"}',
    '{__name__="queue_depth" or __name__="build_info"}',
    'queue_depth{or namespace="finance"}',
    'queue_depth{queue="mail"|namespace="finance"}',
    'queue_depth{queue="mail" and namespace="finance"}',
    'queue_depth{queue="mail" unless namespace="shop"}',
    'queue_depth{queue="mail"}|{namespace="finance"}',
    'queue_depth{queue="mail"}, queue_depth',
  ])('%s is refused', async (expr) => {
    await attack.refused('prom_query', { expr });
    await attack.refused('prom_series', { selector: expr });
  });

  test('a label that is called or is a label', async () => {
    await attack.confined('prom_query', { expr: 'queue_depth{or="",and=""}' });
  });
});
