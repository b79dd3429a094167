import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openRunJournals } from '../../src/triage/run/journal.ts';
import { type IncidentLab, openIncidentLab } from '../triage/incident-lab.ts';

/** The flaw: an assistant that is linked to the triage keeps it busy with incidents that it makes up, and real ones wait. */
let lab: IncidentLab;
afterEach(() => lab.close());

test('no more than ten incidents in ten minutes are opened for one principal, whatever they are called', async () => {
  lab = await openIncidentLab();
  const answers = [];
  for (let n = 0; n < 14; n += 1) answers.push(await lab.report({ name: `Errors ${n}` }));
  expect(answers.filter(({ isError }) => !isError)).toHaveLength(10);
  for (const { isError, text } of answers) if (isError) expect(text).toContain('rate_limited');
  const runs = await openRunJournals(join(lab.cluster.stack.dataDir, 'triage', 'runs')).list();
  expect(runs).toHaveLength(10);
});
