import { describe, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('comments that could swallow the injected matcher', () => {
  test.for([
    'queue_depth # {namespace="shop"}',
    'queue_depth # \n or queue_depth',
    'queue_depth{ # \n queue!=""}',
    'queue_depth{queue!="" # }\n}',
    '# nothing\nqueue_depth',
    'sum( # )\n queue_depth)',
    'queue_depth[5m # ]\n]',
    '#',
    '',
    ' ',
  ])('%j is refused', (expr) => attack.refused('prom_query', { expr }, { unchecked: true }));

  test('a # inside a string is only a letter, and -- is two signs', async () => {
    await attack.confined('prom_query', { expr: 'queue_depth{queue!="#"}' });
    await attack.confined('prom_query', { expr: 'queue_depth -- queue_depth' });
  });

  test.for(['queue_depth // or queue_depth', 'queue_depth /* */', 'queue_depth;queue_depth'])(
    '%s is no comment and is refused',
    (expr) => attack.refused('prom_query', { expr }),
  );
});
