/** What a run of the triage told, as the page shows it; the triage's own events are of this shape. */
export type ShownRunEvent = RunEventPlace &
  (
    | {
        readonly type: 'step';
        readonly step: string;
        readonly state: 'started' | 'progress' | 'finished';
        readonly detail: string;
        readonly data?: Readonly<Record<string, unknown>> | undefined;
      }
    | {
        readonly type: 'gate';
        readonly gate: 'quality' | 'action';
        readonly attempt: number;
        readonly verdict: { readonly passed: boolean; readonly checks: readonly RunCheck[] };
      }
    | {
        readonly type: 'fallback';
        readonly step: string;
        readonly from: string;
        readonly to: string;
        readonly why: string;
      }
    | {
        readonly type: 'action';
        readonly phase: 'intended' | 'done' | 'way_back';
        readonly detail: string;
        readonly audit_seq?: number | undefined;
      }
    | {
        readonly type: 'blocked';
        readonly what: string;
        readonly reasons: readonly string[];
        readonly audit_seq?: number | undefined;
      }
    | { readonly type: 'breaker'; readonly route: string; readonly state: 'open' | 'closed' }
    | {
        readonly type: 'done';
        readonly ending: RunEnding;
        readonly reason: string;
        readonly measured?: RunMeasured | undefined;
      }
  );

export type RunEnding = 'healed' | 'nothing_to_do' | 'handed_over' | 'denied' | 'harmed';
export type RunMode = 'hardened' | 'naive' | 'naive-governed';

interface RunEventPlace {
  readonly run: string;
  readonly seq: number;
  /** By the clock of what the run works on; ISO 8601. */
  readonly at: string;
  readonly diagnoser: string;
  readonly backend?: 'mock' | 'kubernetes';
  readonly mode?: RunMode;
}

export interface RunCheck {
  readonly rule: string;
  readonly passed: boolean;
  readonly reason: string;
}

export interface RunMeasured {
  readonly component: string;
  readonly metric: string;
  readonly value: number;
  readonly baseline: number;
  readonly healthy: boolean;
}

export interface ShownRun {
  readonly run: string;
  readonly begun: string;
  readonly latest: string;
  readonly events: number;
  readonly about: string;
  readonly diagnoser: string;
  readonly backend?: 'mock' | 'kubernetes';
  readonly mode: RunMode;
  readonly step: string;
  readonly ending?: RunEnding;
  readonly reason?: string;
}

/** A page of runs, and what may be started here. */
export interface ShownRuns {
  /** Absent: the topology draws no agent for a triage, or several. */
  readonly principal?: string;
  readonly runs: readonly ShownRun[];
  readonly more: boolean;
  /** Incident scripts; a demonstration alone has them. */
  readonly drills?: readonly { readonly name: string; readonly title: string }[];
}

export interface ShownKept {
  readonly logs: readonly { readonly component: string; readonly at: string; readonly line: string }[];
  readonly exchanges: readonly { readonly route: string; readonly prompt: string; readonly answer: string }[];
}

/** Where a write of a run stands in the audit, and the version that it made. */
export interface RunRecord {
  readonly seq: number;
  /** `chain/seq`, by which the audit opens it; absent where the audit does not say which it is. */
  readonly record?: string;
  readonly version?: number;
}
