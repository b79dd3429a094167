import { describe, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();
const LOOK_UPS: [string, object][] = [
  ['loki_labels', {}],
  ['loki_label_values', { label: 'app' }],
  ['loki_series', {}],
  ['loki_stats', {}],
  ['loki_patterns', {}],
];

describe('more than a selector where one is asked for', () => {
  test.for([
    '{app="cart"} |= "a"',
    '{app="cart"} | json',
    '({app="cart"})',
    '{app="cart"}[5m]',
    'rate({app="cart"}[5m])',
    '{app="cart"} or {namespace="finance"}',
    '{app="cart"}&match[]={namespace="finance"}',
    'app="cart"',
    'app',
    '1',
    '',
    '{}',
    '{a="b"}{namespace="finance"}',
  ])('%j is refused', async (selector) => {
    for (const [tool, args] of LOOK_UPS) await attack.refused(tool, { ...args, selector });
  });

  test.for([
    '{namespace="finance"}',
    '{namespace=~".+"}',
    '{app=~".+", namespace!="shop"}',
    '{app!="\\"}&query={a=\\"b"}',
  ])('%s is confined in every look-up', async (selector) => {
    for (const [tool, args] of LOOK_UPS) await attack.confined(tool, { ...args, selector });
  });
});
