import type { Lease, Leases } from '../store/leases.ts';
import type { JsonValue } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { PlanOptions, RollbackPlan, RollbackStep, SeenPlan } from '../toolset/versions-view.ts';
import { type ApplyOptions, applyRollback, type RollbackParts } from './apply-rollback.ts';
import type { Journal, JournalPause } from './journal.ts';
import { withLease } from './lease.ts';
import { letGoOn } from './let-go-on.ts';
import { assertSamePlan } from './plan-rollback.ts';
import { reportOf } from './report.ts';
import type { Version } from './version.ts';

export interface RollbackDeps extends RollbackParts {
  readonly leases: Leases;
  plan(principal: string, to: number, options: PlanOptions): Promise<RollbackPlan>;
  snapshot(by: string, note: string): Promise<Version>;
  /** Records what happened to the stack in the audit. */
  recordEvent(event: string, principal: string, detail: JsonValue): Promise<void>;
}

/** Who rolls back, and how: `principal` makes the calls, `by` is named in the versions. */
export interface RollbackOptions extends ApplyOptions {
  readonly principal: string;
  readonly by: string;
}

/** Rollbacks of one store: one at a time, whatever process or replica runs it. */
export interface Rollbacks {
  /** Carries out a plan that was looked at, named by its digest. Throws ToolError('conflict') where it is no longer the same. */
  begin(seen: SeenPlan, options: RollbackOptions): Promise<Journal>;
  /** Carries on with a rollback that stopped or was killed. Throws ToolError('not_found' | 'conflict'). */
  resume(id: string, options: RollbackOptions): Promise<Journal>;
  /** Gives a stopped rollback up; what it put back stays. */
  abandon(id: string): Promise<Journal>;
  /**
   * Lets what a rollback held still go on as it did before, which may deploy or scale at once.
   * Throws ToolError('conflict') while the rollback is under way.
   */
  resumeReconcilers(id: string, options: RollbackOptions): Promise<Journal>;
  /** The one that stopped and waits, if there is one. */
  unfinished(): Promise<Journal | undefined>;
}

export function openRollbacks(deps: RollbackDeps): Rollbacks {
  const { journals } = deps;
  const run = async (journal: Journal, options: RollbackOptions, lease: Lease) => {
    const { id, to, snapshot } = journal;
    await deps.recordEvent('rollback_begun', options.principal, { id, to, snapshot, by: options.by });
    const ended = await applyRollback(journal, { ...deps, lease }, options);
    const { verdict, at_target } = reportOf(ended);
    await deps.recordEvent('rollback_ended', options.principal, { id, to, verdict, at_target });
    return ended;
  };
  return {
    unfinished: journals.open,
    begin: ({ digest, to, ...how }, options) =>
      withLease(deps.leases, { work: `to version ${to}`, by: options.by }, async (lease) => {
        const waiting = await journals.open();
        if (waiting)
          throw new ToolError(
            'conflict',
            `the rollback ${waiting.id} to version ${waiting.to} stopped half-way; resume or abandon it first`,
          );
        const plan = await deps.plan(options.principal, to, how);
        assertSamePlan(plan, digest);
        if (plan.obstacles.length > 0) throw new ToolError('conflict', plan.obstacles.join('; '));
        const snapshot = await deps.snapshot(options.by, `before the rollback to version ${to}`);
        const journal = journalOf(plan, snapshot, options);
        await journals.write(journal, { lease });
        return run(journal, options, lease);
      }),
    resume: (id, options) =>
      withLease(deps.leases, { work: id, by: options.by }, async (lease) => {
        const journal = await journals.read(id);
        if (journal.ended !== undefined || journal.abandoned)
          throw new ToolError('conflict', `the rollback ${id} is over; plan a new one`);
        assertOwn(journal, options);
        return run(journal, options, lease);
      }),
    resumeReconcilers: (id, options) =>
      withLease(deps.leases, { work: id, by: options.by }, async (lease) => {
        const journal = await journals.read(id);
        assertOwn(journal, options);
        if (journal.ended === undefined && !journal.abandoned)
          throw new ToolError('conflict', `the rollback ${id} is under way; resume or abandon it first`);
        const after = await letGoOn(journal, { ...deps, lease }, options.signal);
        await journals.write(after, { lease });
        await deps.recordEvent('reconcilers_resumed', options.principal, { id, by: options.by });
        return after;
      }),
    abandon: (id) =>
      withLease(deps.leases, { work: id, by: 'abandon' }, async (lease) => {
        const journal = await journals.read(id);
        if (journal.ended !== undefined)
          throw new ToolError('conflict', `the rollback ${id} is over, so there is nothing to give up`);
        const abandoned = { ...journal, abandoned: true };
        await journals.write(abandoned, { lease });
        return abandoned;
      }),
  };
}

function assertOwn({ id, principal }: Journal, options: RollbackOptions): void {
  if (principal !== options.principal)
    throw new ToolError('conflict', `the rollback ${id} is one of ${principal}; only it can go on with it`);
}

const journalOf = (plan: RollbackPlan, snapshot: Version, { principal, by }: RollbackOptions): Journal => ({
  id: `r${snapshot.number}`,
  to: plan.to,
  from: plan.from,
  ...(plan.component === undefined ? {} : { component: plan.component }),
  principal,
  by,
  started: new Date().toISOString(),
  snapshot: snapshot.number,
  steps: plan.steps.map((step) => {
    const pauses = plan.pause_reconcilers ? pausesBefore(step, plan) : [];
    return {
      ...step,
      resources: [...step.resources],
      state: 'waiting' as const,
      ...(pauses.length > 0 ? { pauses } : {}),
    };
  }),
  not_reversible: plan.not_reversible.map((one) => ({ ...one, resources: [...one.resources] })),
  topology: plan.topology ? 'waiting' : 'unchanged',
});

const pausesBefore = ({ of }: RollbackStep, { reconcilers }: RollbackPlan): JournalPause[] =>
  reconcilers.flatMap(({ of: step, name, pause }) =>
    pause && step === of
      ? [{ name, tool: pause.tool, args: { ...pause.args }, state: pause.state, held: 'waiting' as const }]
      : [],
  );
