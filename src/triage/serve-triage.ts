import { join } from 'node:path';
import type { Stackward } from '../stackward.ts';
import { ToolError } from '../toolset/errors.ts';
import type { TriageService } from '../toolset/triage-service.ts';
import { AlertError, cleanAlert } from './alert.ts';
import type { TriageDesk } from './desk.ts';
import { openProposals } from './proposals.ts';
import { readRun } from './run/journal.ts';

/** Incidents that one principal may report, and within how long. Milliseconds. */
const MOST_REPORTS = 10;
const WINDOW_MS = 10 * 60_000;

/**
 * What the stack's tools may ask of the triage of this process.
 * @param desk the desk of the agent that works here, opened when it is first needed; undefined where none does
 */
export function serveTriage(
  stackward: Stackward,
  desk: { readonly agent: string; open(): Promise<TriageDesk> } | undefined,
): TriageService {
  const reports = stackward.stores.quota('incidents', { limit: MOST_REPORTS, windowMs: WINDOW_MS });
  const runs = join(stackward.dataDir, 'triage', 'runs');
  const deskOf = (agent: string): Promise<TriageDesk> => {
    if (desk?.agent === agent) return desk.open();
    throw new ToolError('unreachable', `this process does not run the triage of ${agent}`);
  };
  return {
    ...openProposals(stackward),
    async open(agent, { metric, ...words }, by) {
      const at = new Date().toISOString();
      const reported = { ...words, at, ...(metric === undefined ? {} : { metric }) };
      const alert = asCallers(() => cleanAlert(reported, stackward.catalogs.graph()));
      const taken = await reports.take(by);
      if (!taken)
        throw new ToolError(
          'rate_limited',
          `${by} reported ${MOST_REPORTS} incidents in ${WINDOW_MS / 60_000} minutes; a human has to look`,
        );
      const { run, joined } = await (await deskOf(agent)).open(alert);
      return { run, joined };
    },
    stop: async (agent, run) => (await deskOf(agent)).stop(run),
    async status(_agent, run) {
      const events = await readRun(runs, run);
      const done = events.find((event) => event.type === 'done');
      const step = events.findLast((event) => event.type === 'step')?.step ?? 'trigger';
      const state = done ? { state: 'ended' as const, ending: done.ending } : { state: 'running' as const };
      return { run, step, events: events.length, ...state };
    },
  };
}

function asCallers<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AlertError) throw new ToolError('invalid_arguments', error.message);
    throw error;
  }
}
