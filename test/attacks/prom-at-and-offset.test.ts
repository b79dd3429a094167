import { describe, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('@ and offset forms', () => {
  test.for([
    'queue_depth @ 1700000000',
    'queue_depth @ -1',
    'queue_depth @ start()',
    'queue_depth @ end() offset 1s',
    'queue_depth offset 1s @ end()',
    'queue_depth offset -1s',
    'rate(queue_depth[5m] @ end() offset 1s)',
    'sum(queue_depth @ end()) by (namespace)',
    'max_over_time(queue_depth[10s:1s] @ end())',
    'max_over_time((queue_depth @ end())[10s:1s] offset 1s)',
    'queue_depth offset 1s or queue_depth @ end()',
    'queue_depth{namespace="finance"} @ end()',
    'start @ start()',
    'offset1 offset 5m',
  ])('%s is confined', async (expr) => {
    await attack.confined('prom_query', { expr });
  });

  test.for([
    'queue_depth @',
    'queue_depth @ queue_depth',
    'queue_depth @ sum(queue_depth)',
    'queue_depth @ "1700000000"',
    'queue_depth @ start',
    'queue_depth @ start(queue_depth)',
    'queue_depth @ time()',
    'queue_depth offset',
    'queue_depth offset queue_depth',
    'queue_depth offset (5m)',
    'queue_depth offset step()',
    'queue_depth offset 5m + range()',
    'queue_depth offset --5m',
    'offset 5m',
    'queue_depth offset "5m"',
  ])('%s is refused', (expr) => attack.refused('prom_query', { expr }));
});
