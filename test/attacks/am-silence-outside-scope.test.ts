import { describe, expect, test } from 'vitest';
import { amCreateSilence } from '../../src/services/alertmanager/tools/am-create-silence.ts';
import { HONEST, openAttack } from '../services/alertmanager/attack.ts';

const attack = openAttack();
const write = (matchers: object[]) => () =>
  attack.am().write(amCreateSilence, 'shop', { ...HONEST, matchers: matchers as typeof HONEST.matchers });

/** The scope's label, named so that the silence would reach another team's alerts. */
const ELSEWHERE = [
  { label: 'namespace', value: 'finance' },
  { label: 'namespace', value: 'SHOP' },
  { label: 'namespace', value: 'shop ' },
  { label: 'namespace', value: 'shop|finance' },
  { label: 'namespace', value: '.*' },
  { label: 'namespace', values: ['shop', 'finance'] },
  { label: 'namespace', values: ['finance'] },
  { label: 'namespace', op: '=~', value: 'shop|finance' },
  { label: 'namespace', op: '!=', value: 'x' },
  { label: 'namespace', value: 'shop', isRegex: true },
  { label: 'namespace', value: 'shop', isEqual: false },
  { name: 'namespace', value: 'finance' },
  { label: 'namespace="shop"} or {namespace', value: 'finance' },
  { label: 'namespace\n', value: 'finance' },
  { label: '__proto__', values: [] },
];

describe.skipIf(!attack.available)('a silence of another team’s alerts', () => {
  test.for(ELSEWHERE)('%j is refused before anything leaves', async (matcher) => {
    await attack.refused(write([matcher]));
    await attack.refused(write([HONEST.matchers[0] ?? {}, matcher]));
    await attack.refused(write([matcher, { label: 'namespace', value: 'shop' }]));
  });

  test.for([
    [{ label: 'alertname', value: 'PayoutsDeep' }],
    [{ label: 'alertname', values: ['PayoutsDeep', 'Full'] }],
    [{ label: 'namespace', value: 'shop' }],
    [{ label: 'Namespace', value: 'finance' }],
    [{ label: 'alertname', value: 'x", namespace="finance' }],
    [{ label: 'alertname', values: ['.*', 'PayoutsDeep|.*', ')|(.*'] }],
  ])('%j silences nothing outside the scope, and its body says so', async (matchers) => {
    await write(matchers)();
    const [sent] = attack.writes();
    expect(JSON.parse(sent?.body ?? '').matchers[0]).toEqual({
      name: 'namespace',
      value: 'shop',
      isRegex: false,
      isEqual: true,
    });
    const [silence] = await attack.server().running();
    const fixed = { name: 'namespace', value: 'shop', isRegex: false, isEqual: true };
    expect(silence?.matchers).toContainEqual(fixed);
    expect((await attack.server().silenced()).filter((name) => !name.startsWith('shop/'))).toEqual([]);
  });

  test('without naming a scope nothing is written where scopes are', async () => {
    const context = {
      name: 'alerts',
      component: 'alerts',
      scope: { labels: {} },
      reach: new Map([['shop', { labels: {} }]]),
    };
    expect(() => amCreateSilence.scope(context, HONEST)).toThrow('target_required');
  });
});
