import { describe, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();

describe('hiding a part of a query in a comment', () => {
  test.for([
    '{app="cart"} # , namespace="shop"}',
    '{app="cart" # "\n, namespace="finance"}',
    '# {namespace="shop"}\n{namespace="finance"}',
    'rate({app="cart"}[5m]) #\nor rate({namespace="finance"}[5m])',
    '{app="cart"} |= "a" // b',
    '{app="cart"} /* b */ |= "a"',
    '{app="cart"}\r#\r|= "a"',
  ])('%j is refused', async (logql) => {
    await attack.refused('loki_query_range', { logql });
    await attack.refused('loki_series', { selector: logql });
  });

  test('a comment sign in a string is a sign', async () => {
    await attack.confined('loki_query_range', { logql: '{app=~".+"} |= "#" != "// /*"' });
  });
});
