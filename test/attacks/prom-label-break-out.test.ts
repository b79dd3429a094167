import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/prometheus/attack.ts';

const attack = openAttack();

describe.skipIf(!attack.available)('breaking out of a label value', () => {
  test.for([
    'queue_depth{queue="mail"} or queue_depth{namespace="finance"}',
    'queue_depth{queue="\\"} or queue_depth{namespace=\\"finance"}',
    'queue_depth{queue=\'"} or queue_depth{namespace="finance\'}',
    'queue_depth{queue=`"} or queue_depth{a="`}',
    'queue_depth{queue=~"mail|\\u0022} or queue_depth{"}',
    'queue_depth{queue!="\\x22\\x7d"}',
    'queue_depth{queue!="\\175 or queue_depth"}',
    'queue_depth{queue!="\\\\"}',
    'queue_depth{queue!="\u202e}\u2028"}',
    'queue_depth{namespace="finance"}',
    'queue_depth{namespace!="shop"}',
    'queue_depth{namespace=~".*"}',
    'queue_depth{namespace=~"finance|shop",}',
  ])('%s stays a value', async (expr) => {
    await attack.confined('prom_query', { expr });
    await attack.confined('prom_query_range', { expr, start: '-5s', step: '1s' });
  });

  test.for([
    'queue_depth{queue="mail} or queue_depth',
    'queue_depth{queue="a"b"}',
    'queue_depth{queue="\\\'"}',
    'queue_depth{queue="a\nb"}',
    'queue_depth{queue="a\\\nb"}',
    'queue_depth{queue="\\xff"}',
    'queue_depth{queue="\\ud800"}',
    'queue_depth{queue="\0"}',
    'queue_depth{queue="\ud800"}',
    'queue_depth{queue="mail"',
    'queue_depth{queue="mail"}}',
    'queue_depth{queue="mail"}{namespace="finance"}',
    'queue_depth{queue=mail}',
    'queue_depth{queue=="mail"}',
    'queue_depth{,queue="mail"}',
    'queue_depth{queue="mail",,}',
    'queue_depth\u00a0{queue="mail"}\u00a0or\u00a0#',
  ])('%j is refused', (expr) => attack.refused('prom_query', { expr }));

  test('a series outside the scope cannot be asked for by its own label', async () => {
    const answer = await attack.confined('prom_query', { expr: 'queue_depth{namespace="finance"}' });
    expect(answer.result).toEqual([]);
    expect(attack.sent()).toContain('namespace%3D%22finance%22%2Cnamespace%3D%22shop%22');
  });
});
