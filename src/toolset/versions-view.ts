import type { JsonValue, Reconciler } from './define.ts';

/** One version in a few words; never what a write found or was given. */
export interface VersionSummary {
  readonly number: number;
  readonly time: string;
  readonly cause: 'write' | 'revert' | 'redo' | 'topology' | 'snapshot' | 'lost';
  readonly by: string;
  readonly note?: string;
  readonly tool?: string;
  readonly target?: string;
  /** Names of what the write may have changed. */
  readonly resources?: string[];
  /** The version that a step of a rollback took back. */
  readonly of?: number;
  /** Absent while it runs, and where its process ended before it could say. */
  readonly outcome?: 'ok' | 'error' | 'outcome_unknown';
  /** Sequence number of the call's request record in the audit. */
  readonly seq?: number;
}

/** One field of a resource that differs; `null` where it was not there. */
export interface FieldDiff {
  readonly field: string;
  readonly from: JsonValue;
  readonly to: JsonValue;
}

export interface ResourceDiff {
  readonly component: string;
  readonly resource: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: FieldDiff[];
}

/** What differs between two moments of the stack. */
export interface StackDiff {
  readonly from: number;
  /** Absent for the stack as it is now. */
  readonly to?: number;
  /** Lines of the topology file that went (`-`) and came (`+`), with their neighbours. */
  readonly topology: string[];
  readonly resources: ResourceDiff[];
  /** Credentials whose version changed, as `component.field`. */
  readonly secrets: string[];
  /** Components of which there is no configuration to compare, and why. */
  readonly unknown: Record<string, string>;
}

/** What a rollback does to one write that came after its target. */
export interface RollbackStep {
  /** The version that it takes back. */
  readonly of: number;
  /** `revert` runs the tool's way back; `redo` makes a call again that an earlier rollback took back. */
  readonly how: 'revert' | 'redo';
  readonly tool: string;
  readonly target: string;
  readonly component: string;
  readonly resources: string[];
  /** Steps of one wave run side by side; waves follow each other. */
  readonly wave: number;
}

/** A write that a rollback cannot take back, and why. */
export interface NotReversible {
  readonly of: number;
  readonly tool: string;
  readonly target: string;
  readonly resources: string[];
  readonly why: string;
}

/** Something outside Stackward that would undo a step of a rollback. */
export interface PlannedReconciler extends Reconciler {
  /** The version of the step. */
  readonly of: number;
  readonly component: string;
  readonly target: string;
}

/** A reconciler that a rollback held still. It stays so until somebody lets it go on. */
export interface PausedReconciler {
  readonly name: string;
  readonly target: string;
  /** What is so now: `auto-sync of shop is off`. */
  readonly state: string;
  /** `begun`: the process ended while it was being held still, so it may be or not. */
  readonly held: 'begun' | 'paused' | 'resumed';
}

/** How a plan is narrowed, and what it may do besides. */
export interface PlanOptions {
  /** Only the writes to this component. */
  readonly component?: string;
  /** Hold still what would undo a step, instead of refusing. */
  readonly pause_reconcilers?: boolean;
}

/** A plan that was looked at, by what was asked for and what came of it. */
export interface SeenPlan extends PlanOptions {
  readonly to: number;
  readonly digest: string;
}

/** What a rollback to a version would do. Nothing of it has happened. */
export interface RollbackPlan {
  readonly to: number;
  /** The latest version when it was made. */
  readonly from: number;
  readonly component?: string;
  /** SHA-256 of what it would do, by which a human approves just this plan. */
  readonly digest: string;
  readonly steps: RollbackStep[];
  readonly not_reversible: NotReversible[];
  /** Whether the topology file is put back too. */
  readonly topology: boolean;
  /** What changed outside Stackward since the latest version, where that could be seen. */
  readonly drift: ResourceDiff[];
  /** What would undo steps by itself. */
  readonly reconcilers: PlannedReconciler[];
  /** Whether those are held still first; else they are obstacles. */
  readonly pause_reconcilers: boolean;
  /** What would stop it, found before anything is changed. */
  readonly obstacles: string[];
  /** What could not be found out beforehand, by component, though it may stop it. */
  readonly untried: string[];
}

/** What became of one resource. */
export interface ResourceResult {
  readonly of: number;
  readonly tool: string;
  readonly target: string;
  readonly resources: string[];
  readonly result: 'restored' | 'restored_unverified' | 'failed' | 'not_reversible' | 'skipped';
  readonly detail?: string;
  /** Id of the call in the audit. */
  readonly call?: string;
}

/** How a rollback stands, for people and programs. */
export interface RollbackReport {
  readonly id: string;
  readonly to: number;
  readonly snapshot: number;
  readonly results: ResourceResult[];
  readonly topology: 'unchanged' | 'waiting' | 'restored' | 'failed';
  readonly topology_detail?: string;
  /** What was held still for it, and whether it goes on again. */
  readonly paused: PausedReconciler[];
  /** Whether the stack is at the version: everything came back and was read back. */
  readonly at_target: boolean;
  /** The same in a sentence. */
  readonly verdict: string;
  /** What can be done now; empty when it is over. */
  readonly next: string[];
}

/** The history of the stack, for one principal: what its own links do not reach is left out. */
export interface VersionsView {
  list(question: { limit: number; before?: number }): Promise<VersionSummary[]>;
  /** Throws ToolError('not_found') for a version that is not kept. */
  diff(from: number, to?: number): Promise<StackDiff>;
  /** Captures every component that the links reach. */
  snapshot(note: string | undefined): Promise<VersionSummary & { readonly missed: Record<string, string> }>;
  plan(to: number, options?: PlanOptions): Promise<RollbackPlan>;
  /** Carries out the plan of a digest, in the caller's name. Throws ToolError('conflict') where it is no longer that plan. */
  rollback(
    seen: SeenPlan,
    signal: AbortSignal,
    onStep: (done: number, total: number, step: string) => void,
  ): Promise<RollbackReport>;
}
