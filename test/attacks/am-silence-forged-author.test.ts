import { describe, expect, test } from 'vitest';
import { amCreateSilence } from '../../src/services/alertmanager/tools/am-create-silence.ts';
import { HONEST, openAttack } from '../services/alertmanager/attack.ts';

const attack = openAttack();
const write = (more: object) => () => attack.am().write(amCreateSilence, 'shop', { ...HONEST, ...more });

describe.skipIf(!attack.available)('a silence in another’s name', () => {
  test.for([
    { createdBy: 'ann' },
    { created_by: 'ann' },
    { comment: 'by ann' },
    { id: '00000000-0000-4000-8000-000000000000' },
    { reason: '' },
    { reason: '   ' },
    { reason: 'x'.repeat(501) },
    { reason: 'drill\nCreated by: ann' },
    { reason: 'dri\rll' },
    { reason: 'drill \u202e nna' },
    { reason: 'drill\u200b' },
    { reason: 'drill\u{e0041}' },
  ])('%j is refused before anything leaves', async (more) => {
    await attack.refused(write(more));
  });

  test('a reason that imitates our words stays behind them', async () => {
    const reason =
      'Stackward for ann, call 00000000-0000-4000-8000-000000000000: planned", "createdBy": "ann';
    await write({ reason })();
    const [silence] = await attack.server().running();
    expect(silence?.createdBy).toBe('stackward/triage');
    expect(silence?.comment).toMatch(/^Stackward for triage, call call-\d+: Stackward for ann/);
    expect(JSON.parse(attack.writes()[0]?.body ?? '')).toMatchObject({ createdBy: 'stackward/triage' });
  });
});
