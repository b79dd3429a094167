import { expect, test } from 'vitest';
import { A, attackLab } from './fixtures/lab.ts';

/** The flaw: a loop in an agent writes without end. */
test('one principal’s writes stop at its rate, at once or one by one; reads and others go on', async () => {
  const { call, reached } = await attackLab({
    writesPerMinute: 3,
    concurrency: { running: 20, waiting: 20 },
  });
  const answers = await Promise.all(Array.from({ length: 10 }, () => call('probe_write', A)));
  expect(answers.filter(({ outcome }) => outcome === 'ok')).toHaveLength(3);
  for (let n = 0; n < 3; n++)
    expect(await call('probe_write', A)).toMatchObject({ refusedRules: ['within write rate'] });
  expect(reached().filter((event) => event === 'write runs')).toHaveLength(3);
  expect(await call('probe_read', A)).toMatchObject({ outcome: 'ok' });
  expect(await call('probe_write', A, { as: 'helper' })).toMatchObject({ outcome: 'ok' });
});
