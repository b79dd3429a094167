import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();

/** The one place where a caller's word becomes part of a path. */
describe('climbing out of the path of a label', () => {
  test.for([
    '..',
    '.',
    '../../../loki/api/v1/push',
    'app/values?query={}',
    'app%2fvalues',
    '%2e%2e',
    'a/../b',
    'app\\..',
    'app\r\nX-Scope-OrgID: other',
    'app#',
    'app;x',
    'äpp',
    '',
    'a b',
  ])('%j is refused', async (label) => {
    await attack.refused('loki_label_values', { label }, 'none');
    await attack.refused('loki_label_values', { label });
  });

  test('the client refuses it below the schema', async () => {
    const { createReader } = await import('../../src/services/loki/client.ts');
    const { NamesAnswer } = await import('../../src/services/loki/api.ts');
    const reader = createReader(`http://127.0.0.1:${attack.port()}`, {});
    const ask = async () =>
      reader.ask(
        { endpoint: { valuesOf: '../push' }, params: [], answer: NamesAnswer },
        AbortSignal.timeout(5000),
      );
    await expect(ask()).rejects.toMatchObject({ code: 'invalid_arguments' });
    expect(attack.sent()).toBe('');
  });
});
