import { randomBytes } from 'node:crypto';
import { ToolError } from '../../../toolset/errors.ts';
import type { RunEvent } from '../../events.ts';
import { rules } from '../../minds/rules.ts';
import { redactor } from '../../redactor.ts';
import { LIMITS } from '../../run/deps.ts';
import type { RunJournals } from '../../run/journal.ts';
import { type RunResult, runHardened } from '../../run-hardened.ts';
import { runNaive } from '../../run-naive.ts';
import { type MockBackend, openMockBackend } from '../mock-backend.ts';
import type { Scenario } from '../scenario.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import type { MockWorld } from './world.ts';

/** The three runs of one alert, in the order in which they are made. */
export interface DrillRuns {
  /** The first output, on a mock of its own and without any gate. */
  readonly naive: string;
  /** The same first output, through the tools of the server. */
  readonly governed: string;
  readonly hardened: string;
}

export interface Drill {
  readonly scenario: string;
  readonly runs: DrillRuns;
  readonly ended: Promise<Readonly<Record<keyof DrillRuns, RunResult>>>;
}

/** Incident scripts that somebody starts on the mock of a demonstration's server, one at a time. */
export interface Drills {
  readonly scenarios: readonly { readonly name: string; readonly title: string }[];
  /** Begins one and resolves before it ends. Throws ToolError('not_found' | 'conflict'). */
  start(scenario: string): Drill;
  /** Stops what runs, and waits for its end. */
  close(): Promise<void>;
}

interface DrillParts {
  readonly world: MockWorld;
  /** The mock through the server's tools. */
  readonly governed: MockBackend;
  readonly journals: RunJournals;
  tell(event: RunEvent): void;
}

export function openDrills({ world, governed, journals, tell }: DrillParts): Drills {
  const stop = new AbortController();
  const { signal } = stop;
  let running: Promise<unknown> | undefined;

  const run = async (scenario: Scenario, runs: DrillRuns) => {
    const naive = await runNaive(openMockBackend(scenario, { guarded: false }), tell, {
      run: runs.naive,
      signal,
    });
    world.begin(scenario);
    const held = await runNaive(governed, tell, { run: runs.governed, mode: 'naive-governed', signal });
    world.begin(scenario);
    const journal = await journals.begin(runs.hardened, scenario.alert, governed.now());
    try {
      const hardened = await runHardened(
        journal,
        {
          backend: governed,
          minds: { models: [], rules },
          redactor,
          notifier: { tell: async () => [] },
          limits: LIMITS,
          tell,
        },
        signal,
      );
      return { naive, governed: held, hardened };
    } finally {
      await journal.close();
    }
  };
  return {
    scenarios: SCENARIOS.map(({ name, title }) => ({ name, title })),
    start(name) {
      const scenario = SCENARIOS.find((one) => one.name === name);
      if (!scenario) throw new ToolError('not_found', `there is no incident script '${name.slice(0, 60)}'`);
      if (running) throw new ToolError('conflict', 'an incident runs already; there is one mock cluster');
      const runs = runsOf();
      const ended = run(scenario, runs).finally(() => {
        running = undefined;
      });
      running = ended.catch(() => undefined);
      return { scenario: name, runs, ended };
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

/** One name for what belongs together. */
function runsOf(): DrillRuns {
  const incident = `i-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`;
  return {
    naive: `${incident}-naive`,
    governed: `${incident}-governed`,
    hardened: `${incident}-hardened`,
  };
}
