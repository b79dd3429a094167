import { afterEach, expect, test } from 'vitest';
import { badDeploy } from '../triage/incident.ts';
import { type IncidentLab, openIncidentLab } from '../triage/incident-lab.ts';

/** The flaw: who may open an incident reads in its events what the triage saw of components that nobody linked to him. */
let lab: IncidentLab;
afterEach(() => lab.close());

test('how far a run is names no component, and no path leads to another file', async () => {
  lab = await openIncidentLab();
  const { cluster, prometheus, report, status } = lab;
  badDeploy(cluster, prometheus, () => cluster.writes().length > 0);
  const { run } = (await report({ component: 'search' })).output;
  await expect
    .poll(async () => (await status(run)).output, { timeout: 20_000 })
    .toMatchObject({ state: 'ended' });
  const { output, text } = await status(run);
  expect(Object.keys(output).sort()).toEqual(['ending', 'events', 'run', 'state', 'step']);
  expect(text).not.toMatch(/orders-api|payments|bbbbbbb2/);
  for (const path of ['../feed', '../../tokens', 'i-../../keys/mask', `${run}/../${run}`, '', 'i-none'])
    expect(await status(path)).toMatchObject({ isError: true });
});
