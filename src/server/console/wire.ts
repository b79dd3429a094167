import type { Place } from '../../audit/place.ts';
import type { RollbackPlan, RollbackReport, StackDiff, VersionSummary } from '../../toolset/versions-view.ts';

export type { Place as RecordPlace } from '../../audit/place.ts';
export type { ResourceDiff } from '../../toolset/versions-view.ts';
export type * from './run-wire.ts';
export type { RollbackPlan, RollbackReport, StackDiff, VersionSummary };

/** Who looks, as the page is told. */
export interface Who {
  readonly stack: string;
  /** Absent: somebody has to sign in first. */
  readonly operator?: { readonly name: string; readonly mayDecide: boolean };
  /** How one signs in; `closed` says that nobody can, and `hint` why. */
  readonly signIn: 'token' | 'open' | 'closed';
  readonly hint?: string;
}

/** What the page is told of at once when it changes; each part names the state of a view. */
export interface Pulse {
  /** Hash of the topology in force. */
  readonly topology: string;
  readonly stack: string;
  /** Ids of the writes that wait for a human. */
  readonly waiting: readonly string[];
  readonly killSwitch: 'on' | 'off' | 'unreadable';
  readonly version: number;
  /** Components whose breaker is not closed. */
  readonly broken: readonly string[];
  readonly auditWritable: boolean;
  /** Number of the newest event of a triage; 0 before the first. */
  readonly told: number;
}

export type LinkAccess = 'write' | 'read' | 'capped' | 'protected' | 'external' | 'metadata';

export interface ShownComponent {
  readonly name: string;
  readonly type: string;
  readonly layer: string;
  readonly title?: string;
  readonly protected: boolean;
  readonly external: boolean;
  readonly breaker?: 'closed' | 'open' | 'half_open';
}

export interface ShownLink {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly access: LinkAccess;
  /** Whether it counts for the principal that is looked through. */
  readonly counts: boolean;
  readonly subs: readonly string[];
  readonly line: number;
}

export interface ShownStack {
  readonly stack: string;
  readonly hash: string;
  readonly principal: string;
  readonly principals: readonly string[];
  readonly components: readonly ShownComponent[];
  readonly links: readonly ShownLink[];
}

export interface LinkDetail {
  readonly operations: readonly {
    readonly tool: string;
    readonly target: string;
    readonly access: 'read' | 'write';
    readonly allowed: boolean;
    readonly reasons: readonly string[];
  }[];
  readonly flags: readonly { readonly variable: string; readonly value?: string; readonly on: boolean }[];
}

export interface AuditRow {
  readonly kind: 'call' | 'event';
  readonly chain: string;
  readonly seq: number;
  readonly time: string;
  readonly principal: string;
  /** The tool, or the method, or the event. */
  readonly what: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly duration_ms?: number;
  readonly refusedRules: readonly string[];
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Names the place to go on from; absent at the beginning of the audit. */
  readonly next?: string;
  /** How far back the search has looked, where it stopped because of its time and not because the page is full. */
  readonly lookedBackTo?: string;
  /** Calls and events looked at for this page. */
  readonly looked: number;
}

export interface ShownRecord {
  readonly chain: string;
  readonly seq: number;
  readonly time: string;
  readonly what: string;
  readonly principal: string;
  readonly outcome?: string;
  readonly duration_ms?: number;
  readonly topology: string;
  readonly version: number;
  readonly checks: readonly { readonly rule: string; readonly passed: boolean; readonly reason: string }[];
  /** JSON in which nothing hides, indented. */
  readonly request: string;
  readonly response?: string;
  readonly places: readonly Place[];
}

export interface ShownVersions {
  readonly versions: readonly VersionSummary[];
  readonly more: boolean;
  readonly unfinished?: RollbackReport;
}

/** A rollback that the console runs, or ran last. */
export interface RollbackProgress {
  readonly to: number;
  /** The one component that it is of; absent for the whole stack. */
  readonly component?: string;
  /** The rollback that it goes on with; absent for one that the console began. */
  readonly resumes?: string;
  readonly by: string;
  readonly running: boolean;
  readonly done: number;
  readonly total: number;
  readonly steps: readonly string[];
  readonly report?: RollbackReport;
  readonly failed?: string;
}

export interface ShownApproval {
  readonly id: string;
  readonly principal: string;
  readonly tool: string;
  readonly target: string;
  readonly arguments: string;
  readonly why: string;
  readonly resources: readonly string[];
  readonly way_back: string;
  readonly created: string;
  readonly expires: string;
  readonly state: string;
  /** False where the topology changed since it was asked: the approval would be worth nothing. */
  readonly current: boolean;
  /** Components that use the target, directly or through others. */
  readonly affected: readonly string[];
}

export interface Counted {
  readonly name: string;
  readonly count: number;
}

export interface ShownHealth {
  readonly now: string;
  readonly calls: number;
  readonly byOutcome: readonly Counted[];
  readonly byTool: readonly Counted[];
  readonly refusedByRule: readonly Counted[];
  readonly errors: readonly Counted[];
  /** Calls that took at most so many seconds; the last bound is `null` and counts all. */
  readonly latency: readonly { readonly le: number | null; readonly count: number }[];
  readonly breakers: readonly {
    readonly component: string;
    readonly state: 'closed' | 'open' | 'half_open';
  }[];
  readonly audit: {
    readonly writable: boolean;
    readonly reason?: string;
    readonly chain: string;
    readonly lastSeq: number;
    readonly lagMs: number;
  };
  /** Bytes that are free on the audit's disk, and those that must stay free; below, only what has begun is recorded. */
  /** Null where the audit lies on no disk of this machine. */
  readonly disk: { readonly free: number; readonly reserve: number } | null;
  readonly killSwitch: {
    readonly state: 'on' | 'off' | 'unreadable';
    readonly by?: string;
    readonly reason?: string;
    readonly at?: string;
  };
}
