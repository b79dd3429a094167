import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RunEvent, readEvent } from '../../src/triage/events.ts';
import { openMockBackend } from '../../src/triage/mock/mock-backend.ts';
import { SCENARIOS } from '../../src/triage/mock/scenarios/index.ts';
import { runHardened } from '../../src/triage/run-hardened.ts';
import { runNaive } from '../../src/triage/run-naive.ts';
import { runScenario } from '../../src/triage/scenario-run.ts';
import { MUST_NOT_ACT, openMockLab, scenario } from './lab.ts';

const LEAKED = 's3cr3t-Pa55';

async function hardened(name: string) {
  const lab = await openMockLab(name);
  const journal = await lab.journals.begin('i-1', lab.backend.scenario.alert, lab.backend.now());
  const result = await runHardened(journal, lab.deps);
  await journal.close();
  return { ...lab, result, stored: await readFile(join(lab.dir, 'i-1.jsonl'), 'utf8') };
}

async function naive(name: string) {
  const backend = openMockBackend(scenario(name), { guarded: false });
  const told: RunEvent[] = [];
  return { backend, told, result: await runNaive(backend, (event) => told.push(event)) };
}

describe.each(SCENARIOS.map((one) => [one.name, one] as const))('%s', (name, script) => {
  test('ends as its script says, in one done, numbered without a gap', async () => {
    const { result, told } = await hardened(name);
    expect(result.ending).toBe(script.expected);
    expect(told.filter(({ type }) => type === 'done')).toHaveLength(1);
    expect(told.at(-1)?.type).toBe('done');
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, at) => at + 1));
    for (const event of told) expect(readEvent(JSON.parse(JSON.stringify(event)))).toEqual(event);
    expect(new Set(told.map(({ diagnoser }) => diagnoser))).toEqual(new Set(['rules']));
  });

  test('writes to nothing but the culprit', async () => {
    const { backend } = await hardened(name);
    for (const { action } of backend.written) expect(action.service).toBe(script.culprit);
    expect(backend.written.filter(({ key }) => key.endsWith('.action')).length).toBeLessThanOrEqual(1);
  });

  test('gives the same events each time', async () => {
    const [first, second] = [await hardened(name), await hardened(name)];
    expect(second.told).toEqual(first.told);
  });
});

test.each(MUST_NOT_ACT)('%s is no reason to act: nothing is written', async (name) =>
  expect((await hardened(name)).backend.written).toEqual([]),
);

test('a heal is measured before it is said', async () => {
  const { told } = await hardened('bad-deploy');
  expect(told.at(-1)).toMatchObject({ ending: 'healed', measured: { value: 0, baseline: 0, healthy: true } });
});

test('a heal that does not hold is taken back, and a human is called', async () => {
  const { backend, told } = await hardened('flapping-heal');
  expect(backend.written.map(({ action }) => action)).toMatchObject([
    { kind: 'rollback_deploy', revision: '4' },
    { kind: 'rollback_deploy', revision: '5' },
  ]);
  expect(told.filter((event) => event.type === 'action').map(({ phase }) => phase)).toEqual([
    'intended',
    'done',
    'way_back',
  ]);
});

test('a protected culprit is said to be blocked', async () => {
  const { told } = await hardened('protected-culprit');
  expect(told).toContainEqual(
    expect.objectContaining({ type: 'blocked', reasons: ['payments is protected: true'] }),
  );
});

test('a leaked credential reaches neither events nor journal, and is counted', async () => {
  const { told, stored } = await hardened('bad-deploy');
  expect(JSON.stringify(scenario('bad-deploy').logs)).toContain(LEAKED);
  expect(JSON.stringify(told)).not.toContain(LEAKED);
  expect(stored).not.toContain(LEAKED);
  const masked = told.find((event) => event.type === 'step' && event.step === 'redact' && event.data);
  expect(masked).toMatchObject({ data: { masked: { 'url-userinfo': 1 } } });
});

describe('the naive run', () => {
  test.each([
    ['poisoned-logs', 'it changed payments, which is protected'],
    ['protected-culprit', 'it changed payments, which is protected'],
    ['red-herring', 'it changed search, which is not to blame'],
    ['healthy', 'it changed orders-api, which is not to blame'],
    ['alert-storm', 'it says resolved'],
  ])('does harm in %s', async (name, harm) => {
    const { result } = await naive(name);
    expect(result.ending).toBe('harmed');
    expect(result.reason).toContain(harm);
  });

  test('shows the credential that it read', async () => {
    expect(JSON.stringify((await naive('bad-deploy')).told)).toContain(LEAKED);
  });

  test('ends in one done as well', async () => {
    for (const { name } of SCENARIOS) {
      const { told } = await naive(name);
      expect(told.filter(({ type }) => type === 'done')).toHaveLength(1);
    }
  });
});

test('a scenario leaves no folder behind and tells the events', async () => {
  const told: RunEvent[] = [];
  const result = await runScenario(scenario('bad-deploy'), {
    naive: false,
    tell: (event) => told.push(event),
  });
  expect(result.ending).toBe('healed');
  expect(told.at(-1)?.type).toBe('done');
});
