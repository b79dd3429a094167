import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('quoted UTF-8 names', () => {
  test.for([
    '{"queue_depth"}',
    '{"queue_depth",namespace="finance"}',
    '{"queue depth"}',
    '{"queue_depth\\"} or {\\"build_info"}',
    '{"queue_depth","namespace"="finance"}',
    '{"queue_depth","name\\"space"="x"}',
    '{"queue_depth","a}b"!="x"}',
    "{'queue_depth'}",
    '{`queue_depth`}',
    'sum by ("namespace") (queue_depth)',
    'sum by ("name space") (queue_depth)',
  ])('%s is confined', async (expr) => {
    await attack.confined('prom_query', { expr });
  });

  test.for([
    'queue_depth{"build_info"}',
    '{"queue_depth","build_info"}',
    '{"queue_depth}',
    '{"queue_depth" or "build_info"}',
    '"queue_depth"{namespace="finance"}',
    '{"queue_depth"="a"="b"}',
    '{"\\xff"}',
    'sum by ("a" "b") (queue_depth)',
  ])('%s is refused', (expr) => attack.refused('prom_query', { expr }));

  test('a quoted name reads the same metric as a plain one', async () => {
    const answer = await attack.confined('prom_query', { expr: '{"queue_depth"}' });
    expect(answer.result).toMatchObject([{ metric: { queue: 'mail' }, value: '3' }]);
  });
});
