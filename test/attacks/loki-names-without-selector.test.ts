import { beforeEach, describe, expect, test } from 'vitest';
import { OF_FINANCE, openAttack } from '../services/loki/lab.ts';

const attack = openAttack();
beforeEach(() => {
  attack.twin().behaviour.ignoresSelectors = true;
});

/** Lists of names that heed no selector, as many versions of Loki have them, show every team's. */
describe('lists of names on a server that ignores their selector', () => {
  test('the server does show them', async () => {
    const { values } = await attack.read('loki_label_values', 'none', {
      label: 'app',
      selector: '{app="web"}',
    });
    expect(JSON.stringify(values)).toMatch(OF_FINANCE);
  });

  test.for([
    ['loki_labels', {}],
    ['loki_labels', { selector: '{app=~".+"}' }],
    ['loki_label_values', { label: 'app' }],
    ['loki_label_values', { label: 'team' }],
    ['loki_label_values', { label: 'namespace', selector: '{namespace=~".+"}' }],
    ['loki_label_values', { label: '__proto__' }],
  ] as const)('%s with %j takes them from the streams of the scope', async ([tool, args]) => {
    await attack.confined(tool, args);
    expect(attack.twin().requests.map(({ path }) => path)).toEqual(['/loki/api/v1/series']);
  });
});
