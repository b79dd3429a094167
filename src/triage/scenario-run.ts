import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileLogs } from '../store/files/log.ts';
import type { RunEvent } from './events.ts';
import { rules } from './minds/rules.ts';
import { openMockBackend } from './mock/mock-backend.ts';
import type { Scenario } from './mock/scenario.ts';
import { redactor } from './redactor.ts';
import { LIMITS } from './run/deps.ts';
import { openRunJournals } from './run/journal.ts';
import { type RunResult, runHardened } from './run-hardened.ts';
import { runNaive } from './run-naive.ts';

/** Runs one incident script on the mock, with the rules and in its own folder, which is removed again. */
export async function runScenario(
  scenario: Scenario,
  { naive, tell }: { readonly naive: boolean; tell(event: RunEvent): void },
): Promise<RunResult> {
  if (naive) return runNaive(openMockBackend(scenario, { guarded: false }), tell);
  const folder = await mkdtemp(join(tmpdir(), 'stackward-triage-'));
  const backend = openMockBackend(scenario);
  const journal = await openRunJournals(openFileLogs(folder)).begin(
    `i-${scenario.name}`,
    scenario.alert,
    backend.now(),
  );
  try {
    return await runHardened(journal, {
      backend,
      minds: { models: [], rules },
      redactor,
      notifier: { tell: async () => [] },
      limits: LIMITS,
      tell,
    });
  } finally {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  }
}
