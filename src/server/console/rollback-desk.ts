import { ToolError } from '../../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { History } from '../../versions/history.ts';
import { reportOf } from '../../versions/report.ts';
import type { RollbackProgress } from './wire.ts';

/** Runs one rollback at a time, and tells how far it is. */
export interface RollbackDesk {
  /** Begins to carry out the plan of a digest. Throws ToolError('conflict') while another runs. */
  begin(seen: { to: number; component?: string; digest: string }, by: string): RollbackProgress;
  progress(): RollbackProgress | undefined;
  /** Stops after the step that runs. Resolves when nothing runs any more. */
  close(): Promise<void>;
}

const MOST_STEPS = 500;

export function openRollbackDesk({ rollbacks }: Pick<History, 'rollbacks'>): RollbackDesk {
  let now: RollbackProgress | undefined;
  let running: Promise<void> | undefined;
  const stopped = new AbortController();
  const change = (more: Partial<RollbackProgress>) => {
    if (now) now = { ...now, ...more };
  };
  return {
    progress: () => now,
    begin(seen, by) {
      if (now?.running) throw new ToolError('conflict', `a rollback to version ${now.to} is running already`);
      now = { to: seen.to, by, running: true, done: 0, total: 0, steps: [] };
      running = rollbacks
        .begin(seen, {
          principal: STACK_PRINCIPAL,
          by,
          signal: stopped.signal,
          onStep({ of, tool, target, state, result }, done, total) {
            const said = `version ${of}: ${tool} on ${target}: ${result?.replace('_', ' ') ?? state}`;
            change({ done, total, steps: [...(now?.steps ?? []), said].slice(-MOST_STEPS) });
          },
        })
        .then(
          (journal) => change({ running: false, report: reportOf(journal) }),
          (error: unknown) =>
            change({
              running: false,
              failed: error instanceof ToolError ? error.detail : 'it could not be run',
            }),
        );
      return now;
    },
    async close() {
      stopped.abort();
      await running;
    },
  };
}
