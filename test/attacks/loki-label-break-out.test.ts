import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();

describe('breaking out of a label value', () => {
  test.for([
    '{app="x\\"} or {namespace=\\"finance"}',
    '{app=`x"} |= "`}',
    '{app!="\\u0022, namespace=\\u0022finance"}',
    '{app!="\\x22\\x7d |= \\x22"}',
    '{app!="\\175"}',
    '{app!="a\\\\"}',
    '{app!="\u202e}\u2028"}',
    '{app=~".+"} |= "\\"} | json" != `"}{`',
    '{app=~".+"} |~ "`} [5m]"',
    '{app=~".+"} | label_format a="\\"}{namespace=\\"nobody\\"}"',
    '{namespace="finance"}',
    '{namespace!="shop"}',
    '{namespace=~".*finance.*"}',
    '{namespace=~"finance|shop", namespace!~"shop"}',
  ])('%s stays a value', async (logql) => {
    await attack.confined('loki_query_range', { logql });
    await attack.confined('loki_query', { logql: `sum by (app) (count_over_time(${logql} [1h]))` });
  });

  test.for([
    '{app="x} or {namespace="finance"}',
    '{app="a"b"}',
    "{app='a'}",
    '{app="a\nb"}',
    '{app="a\\\nb"}',
    '{app="\\xff"}',
    '{app="\\ud800"}',
    '{app="\0"}',
    '{app="\ud800"}',
    '{app="\\q"}',
    '{app="x"',
    '{app="x"}}',
    '{app="x"}{namespace="finance"}',
    '{app=x}',
    '{app=="x"}',
    '{,app="x"}',
    '{app="x",,}',
    '{}',
    '{"app"="x"}',
    '{app="x"} {namespace="finance"}',
    '{app\u00a0="x"}\u00a0or\u00a0{a="b"}',
  ])('%j is refused', async (logql) => {
    await attack.refused('loki_query_range', { logql });
  });

  test('a stream outside the scope cannot be asked for by its own label', async () => {
    const answer = await attack.confined('loki_query_range', { logql: '{namespace="finance"}' });
    expect(answer.result).toEqual([]);
    expect(attack.twin().requests[0]?.params.query).toBe('{namespace="finance", namespace="shop"}');
  });
});
