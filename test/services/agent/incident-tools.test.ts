import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openRunJournals } from '../../../src/triage/run/journal.ts';
import { reportOf } from '../../../src/versions/report.ts';
import { auditRecords } from '../../server/stackward.ts';
import { ON } from '../../triage/cluster.ts';
import { badDeploy } from '../../triage/incident.ts';
import { type IncidentLab, OPEN, openIncidentLab } from '../../triage/incident-lab.ts';

let lab: IncidentLab;
afterEach(() => lab.close());

test('a linked agent opens a run, follows it, and joins it while it is open', async () => {
  lab = await openIncidentLab();
  const { cluster, prometheus, report, status } = lab;
  badDeploy(cluster, prometheus, () => cluster.writes().length > 0);
  const [first, second] = await Promise.all([report(), report({ summary: 'it still fails' })]);
  const { run } = first.output;
  expect(second.output).toMatchObject({ run });
  expect([first, second].map(({ output }) => output.joined).sort()).toEqual([false, true]);
  await expect
    .poll(async () => (await status(run)).output, { timeout: 20_000 })
    .toMatchObject({ run, state: 'ended', ending: 'healed' });
  expect(cluster.writes()).toHaveLength(1);
  const opened = (await auditRecords(cluster.stack)).filter(
    (one) => one.kind === 'request' && JSON.stringify(one.message).includes('"incident_open"'),
  );
  expect(opened.map((one) => 'principal' in one && one.principal)).toEqual(['assistant', 'assistant']);
});

test('the tools are there along a link to a triage alone', async () => {
  lab = await openIncidentLab(OPEN);
  const { stack } = lab.cluster;
  expect(stack.tools('assistant')).toEqual(expect.arrayContaining(['incident_open', 'incident_status']));
  for (const one of ['stranger', 'triage', 'other']) expect(stack.tools(one)).not.toContain('incident_open');
  expect(await lab.report({ target: 'other' })).toMatchObject({ isError: true });
  expect(await lab.report({}, 'stranger')).toMatchObject({ isError: true });
});

test('opening needs the write flag, looking does not', async () => {
  lab = await openIncidentLab(ON);
  expect(lab.cluster.stack.tools('assistant')).not.toContain('incident_open');
  expect(lab.cluster.stack.tools('assistant')).toContain('incident_status');
  expect(await lab.report()).toMatchObject({ isError: true });
});

test('taking the opening back stops the run, which ends with a human', async () => {
  lab = await openIncidentLab(OPEN, () => new Promise<never>(() => {}));
  const { stackward } = lab.cluster.stack;
  const before = stackward.history.versions.version();
  const { run } = (await lab.report()).output;
  expect((await lab.status(run)).output).toMatchObject({ state: 'running', step: 'gather' });
  const { digest } = await stackward.history.plan('assistant', before);
  const journal = await stackward.history.rollbacks.begin(
    { to: before, digest },
    { principal: 'assistant', by: 'test', signal: new AbortController().signal },
  );
  await expect
    .poll(async () => (await lab.status(run)).output, { timeout: 20_000 })
    .toMatchObject({ state: 'ended', ending: 'handed_over' });
  expect(reportOf(journal).results).toMatchObject([
    { tool: 'incident_open', result: expect.stringMatching(/^restored/) },
  ]);
});

test('an incident of what is not drawn is refused, and no run is opened', async () => {
  lab = await openIncidentLab();
  const answer = await lab.report({ component: 'ghost' });
  expect(answer).toMatchObject({ isError: true });
  expect(answer.text).toContain('no component');
  expect(await openRunJournals(join(lab.cluster.stack.dataDir, 'triage', 'runs')).list()).toEqual([]);
});
