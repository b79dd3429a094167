import { expect, test } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { A, attackLab } from './fixtures/lab.ts';

const HIDDEN = [
  '\u001b[2J',
  '\u009b31m',
  '\u0007',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\u{e0049}',
  '\u{e0101}',
  '\ufe01\ufe02',
];

/** The flaw: a row holds what a terminal obeys, or an instruction that only the model sees. */
test.each(HIDDEN.map((hidden) => [JSON.stringify(hidden), hidden] as const))(
  '%s does not leave hidden',
  async (_name, hidden) => {
    const { call, probe } = await attackLab();
    probe.does.read = async () => ({ rows: [`a${hidden}b`], [`k${hidden}`]: { deep: [hidden] } });
    const ok = await call('probe_read', A);
    probe.does.read = () => Promise.reject(new ToolError('query_failed', `near ${hidden}`));
    const failed = await call('probe_read', A);
    const refused = await call(`probe_${hidden}`, { [hidden]: hidden });
    for (const answer of [ok, failed, refused]) {
      expect(answer.text).not.toContain(hidden);
      expect(answer.error?.detail ?? '').not.toContain(hidden);
      expect(answer.structured?.rows ?? '').not.toContain(hidden);
    }
    expect(ok.structured).toMatchObject({ rows: [expect.stringMatching(/^a\\u\{.*b$/)] });
  },
);

test('a human who approves sees what hides in the arguments', async () => {
  const { call } = await attackLab();
  for (const hidden of HIDDEN) {
    const { ask } = await call('probe_burn', { ...A, key: `k${hidden}` });
    const shown = `${ask?.resources.join()} ${Object.values(ask?.args ?? {}).join()}`;
    expect(shown).toContain('\\u{');
    expect(shown).not.toContain(hidden);
  }
});
