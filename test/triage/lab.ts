import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openFileLogs } from '../../src/store/files/log.ts';
import type { RunEvent } from '../../src/triage/events.ts';
import { rules } from '../../src/triage/minds/rules.ts';
import { type MockBackend, openMockBackend } from '../../src/triage/mock/mock-backend.ts';
import type { Scenario } from '../../src/triage/mock/scenario.ts';
import { SCENARIOS } from '../../src/triage/mock/scenarios/index.ts';
import { redactor } from '../../src/triage/redactor.ts';
import { LIMITS, type TriageDeps } from '../../src/triage/run/deps.ts';
import { openRunJournals, type RunJournals } from '../../src/triage/run/journal.ts';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((one) => rm(one, { recursive: true, force: true }))));

export async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'triage-'));
  folders.push(made);
  return made;
}

export function scenario(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
}

/** Scripts in which every write is wrong. */
export const MUST_NOT_ACT = SCENARIOS.filter(({ culprit }) => culprit === undefined).map(({ name }) => name);

export interface MockLab {
  readonly dir: string;
  readonly journals: RunJournals;
  readonly backend: MockBackend;
  readonly told: RunEvent[];
  readonly deps: TriageDeps;
}

/** One scenario on the mock, with the rules; `more` replaces what a test wants otherwise. */
export async function openMockLab(name: string, more: Partial<TriageDeps> = {}): Promise<MockLab> {
  const dir = await folder();
  const backend = openMockBackend(scenario(name));
  const told: RunEvent[] = [];
  const deps: TriageDeps = {
    backend,
    minds: { models: [], rules },
    redactor,
    notifier: { tell: async () => ['paged'] },
    limits: LIMITS,
    tell: (event) => told.push(event),
    ...more,
  };
  return { dir, journals: openRunJournals(openFileLogs(dir)), backend, told, deps };
}
