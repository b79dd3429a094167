import { ToolError } from '../../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { History } from '../../versions/history.ts';
import type { Journal } from '../../versions/journal.ts';
import { reportOf } from '../../versions/report.ts';
import type { RollbackOptions } from '../../versions/rollback.ts';
import type { RollbackProgress } from './wire.ts';

/** Runs one rollback at a time, and tells how far it is. */
export interface RollbackDesk {
  /** Begins to carry out the plan of a digest. Throws ToolError('conflict') while another runs. */
  begin(seen: { to: number; component?: string; digest: string }, by: string): RollbackProgress;
  /** Goes on with one that stopped. Throws ToolError('conflict') while one runs. */
  resume(stopped: { id: string; to: number }, by: string): RollbackProgress;
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
  const run = (
    what: Pick<RollbackProgress, 'to' | 'by' | 'component' | 'resumes'>,
    work: (options: RollbackOptions) => Promise<Journal>,
  ): RollbackProgress => {
    if (now?.running) throw new ToolError('conflict', `a rollback to version ${now.to} is running already`);
    now = { ...what, running: true, done: 0, total: 0, steps: [] };
    running = work({
      principal: STACK_PRINCIPAL,
      by: what.by,
      signal: stopped.signal,
      onStep({ of, tool, target, state, result }, done, total) {
        const said = `version ${of}: ${tool} on ${target}: ${result?.replace('_', ' ') ?? state}`;
        change({ done, total, steps: [...(now?.steps ?? []), said].slice(-MOST_STEPS) });
      },
    }).then(
      (journal) => change({ running: false, report: reportOf(journal) }),
      (error: unknown) =>
        change({
          running: false,
          failed: error instanceof ToolError ? error.detail : 'it could not be run',
        }),
    );
    return now;
  };
  return {
    progress: () => now,
    begin: (seen, by) =>
      run(
        { to: seen.to, by, ...(seen.component === undefined ? {} : { component: seen.component }) },
        (options) => rollbacks.begin(seen, options),
      ),
    resume: ({ id, to }, by) => run({ to, by, resumes: id }, (options) => rollbacks.resume(id, options)),
    async close() {
      stopped.abort();
      await running;
    },
  };
}
