import { describe, expect, test } from 'vitest';
import { amCreateSilence } from '../../src/services/alertmanager/tools/am-create-silence.ts';
import { HONEST, openAttack } from '../services/alertmanager/attack.ts';

const attack = openAttack();
const write = (scope: 'shop' | 'none', matchers: unknown) => () =>
  attack.am().write(amCreateSilence, scope, { ...HONEST, matchers: matchers as typeof HONEST.matchers });

/** Every way that was thought of to say "all of them". */
const EVERYTHING: unknown[] = [
  undefined,
  null,
  [],
  {},
  '*',
  [{}],
  [{ label: 'alertname' }],
  [{ label: '', value: 'x' }],
  [{ label: '*', value: 'x' }],
  [{ label: 'alertname', value: '' }],
  [{ label: 'alertname', values: [] }],
  [{ label: 'alertname', values: [''] }],
  [{ label: 'alertname', values: ['Full', ''] }],
  [{ label: 'alertname', value: 'Full', values: ['.*'] }],
  ...['.*', '.+', '', '.', '(?s).*', '[^x]*', '|', 'a|', '()', '^', '.*|x'].flatMap((pattern) => [
    [{ label: 'alertname', op: '=~', value: pattern }],
    [{ label: 'alertname', value: pattern, isRegex: true }],
    [{ label: 'alertname', value: pattern, is_regex: true }],
    [{ name: 'alertname', value: pattern, isRegex: true, isEqual: true }],
    [{ label: 'alertname', regex: pattern }],
  ]),
  [{ label: 'alertname', op: '!=', value: 'none' }],
  [{ label: 'alertname', op: '!~', value: 'none' }],
  [{ label: 'alertname', value: 'none', isEqual: false }],
];

describe.skipIf(!attack.available)('a silence of everything', () => {
  test.for(EVERYTHING)('%j is refused before anything leaves', async (matchers) => {
    await attack.refused(write('none', matchers));
    await attack.refused(write('shop', matchers));
  });

  test.for([['.*', '.+'], ['.*'], ['(?s).*', 'x'], ['[^x]*', '^$'], ['\\w+', '\\'], ['a{0,}', '|']])(
    'the values %j are just those texts, and silence nothing',
    async (values) => {
      await write('none', [{ label: 'alertname', values }])();
      expect(await attack.server().running()).toHaveLength(1);
      expect(await attack.server().silenced()).toEqual([]);
    },
  );

  test('what is refused here would have silenced something', async () => {
    await attack.server().silence([{ name: 'alertname', value: '.+', isRegex: true }]);
    expect(await attack.server().silenced()).toHaveLength(6);
  });
});
