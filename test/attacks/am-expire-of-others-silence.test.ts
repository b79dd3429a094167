import { describe, expect, test } from 'vitest';
import { amCreateSilence } from '../../src/services/alertmanager/tools/am-create-silence.ts';
import { amExpireSilence } from '../../src/services/alertmanager/tools/am-expire-silence.ts';
import { HONEST, openAttack } from '../services/alertmanager/attack.ts';
import type { RawMatcher } from '../services/alertmanager/server.ts';

const attack = openAttack();
const expire = (id: string) => () => attack.am().write(amExpireSilence, 'shop', { id });

/** Silences that cover alerts outside the scope, or that nobody can prove not to. */
const THEIRS: RawMatcher[][] = [
  [{ name: 'namespace', value: 'finance' }],
  [{ name: 'alertname', value: 'Full' }],
  [{ name: 'alertname', value: '.+', isRegex: true }],
  [{ name: 'namespace', value: 'shop', isRegex: true }],
  [{ name: 'namespace', value: 'shop|finance', isRegex: true }],
  [
    { name: 'namespace', value: 'finance', isEqual: false },
    { name: 'alertname', value: 'Full' },
  ],
  [{ name: 'Namespace', value: 'shop' }],
];

describe.skipIf(!attack.available)('ending a silence of another team', () => {
  test.for(THEIRS)('%j stays', async (matchers) => {
    await attack.unwritten(expire(await attack.server().silence(matchers)));
  });

  test.for([
    '',
    '.',
    '..',
    '*',
    'all',
    '../silences',
    '../../-/reload',
    '7a1d0f7e-0000-4000-8000-000000000001/../x',
    '7a1d0f7e-0000-4000-8000-000000000001?x=1',
    '7a1d0f7e-0000-4000-8000-000000000001\r\nDELETE /',
  ])('%j is no id', async (id) => {
    await attack.refused(expire(id));
  });

  test('an id that nobody has is not found', async () => {
    await attack.unwritten(expire('7a1d0f7e-0000-4000-8000-000000000001'));
  });
});

describe.skipIf(!attack.available)('a way back that leads out of the scope', () => {
  test('a before-image of another team’s silence is not made', async () => {
    const id = await attack.server().silence([{ name: 'namespace', value: 'shop' }]);
    const { kept } = await attack.am().write(amExpireSilence, 'shop', { id });
    for (const matchers of THEIRS) {
      const full = matchers.map((one) => ({ isRegex: false, isEqual: true, ...one }));
      const before = { ...(kept.before as object), matchers: full };
      await attack.unwritten(() => attack.am().revert(amExpireSilence, 'shop', { id }, { ...kept, before }));
    }
    expect(await attack.server().running()).toEqual([]);
  });

  test('a record that names another’s silence ends nothing', async () => {
    const { kept } = await attack.am().write(amCreateSilence, 'shop', HONEST);
    await attack.server().expireAll();
    const theirs = await attack.server().silence([{ name: 'namespace', value: 'finance' }]);
    const mine = await attack.server().silence([{ name: 'namespace', value: 'shop' }]);
    for (const [id, error] of [
      [theirs, undefined],
      [mine, { code: 'conflict' }],
    ] as const) {
      const after = { ...(kept.after as object), id };
      const reverting = attack.am().revert(amCreateSilence, 'shop', HONEST, { ...kept, after });
      await (error ? expect(reverting).rejects.toMatchObject(error) : reverting);
    }
    expect((await attack.server().running()).map(({ id }) => id).sort()).toEqual([theirs, mine].sort());
  });

  test('a comment that imitates a call’s signature is the only thing that a lost id can find', async () => {
    const { kept } = await attack.am().write(amCreateSilence, 'shop', HONEST);
    await attack.server().expireAll();
    const { signature } = kept.before as { signature: string };
    const theirs = await attack.server().silence([{ name: 'namespace', value: 'finance' }], {
      comment: `${signature}drill`,
    });
    await attack.am().revert(amCreateSilence, 'shop', HONEST, { ...kept, after: null });
    expect((await attack.server().running()).map(({ id }) => id)).toEqual([theirs]);
  });
});
