import { describe, expect, test } from 'vitest';
import { amCreateSilence } from '../../src/services/alertmanager/tools/am-create-silence.ts';
import { HONEST, openAttack } from '../services/alertmanager/attack.ts';

const attack = openAttack();
const { duration_minutes: _, ...endless } = HONEST;
const write = (more: object) => () =>
  attack.am().write(amCreateSilence, 'shop', { ...endless, ...more } as typeof HONEST);

const LENGTHS: object[] = [
  {},
  ...[0, -1, 43_201, 1e9, 2 ** 53, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '30', '30d', null].map(
    (duration_minutes) => ({ duration_minutes }),
  ),
  { duration_minutes: 10, endsAt: '2099-01-01T00:00:00Z' },
  { duration_minutes: 10, ends_at: '2099-01-01T00:00:00Z' },
  { duration_minutes: 10, startsAt: '2099-01-01T00:00:00Z' },
];

describe.skipIf(!attack.available)('a silence that hardly ends', () => {
  test.for(LENGTHS)('%j is refused before anything leaves', async (more) => {
    await attack.refused(write(more));
  });

  test('the longest one ends after thirty days', async () => {
    const before = Date.now();
    await write({ duration_minutes: 43_200 })();
    const [silence] = await attack.server().running();
    const days = (Date.parse(silence?.endsAt ?? '') - before) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(30);
    expect(days).toBeLessThan(30.01);
  });
});
