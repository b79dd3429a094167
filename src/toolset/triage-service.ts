import { ToolError } from './errors.ts';

/** What a caller says of an incident. When it began is not the caller's to say: it begins when the server hears of it. */
export interface ReportedAlert {
  readonly name: string;
  readonly component: string;
  readonly metric?: string | undefined;
  readonly summary: string;
}

/** What an agent in a process of its own came to. It is compared, and never recorded. */
export interface ClaimedAction {
  readonly alert: ReportedAlert & { readonly at: string };
  readonly resource: string;
  readonly deploy: string | null;
  readonly action: 'rollback_deploy' | 'scale_service';
}

/** What the server's own look came to. `write` is there where it was recorded, and only then. */
export interface ProposalVerdict {
  readonly recorded: boolean;
  readonly checks: readonly { readonly rule: string; readonly passed: boolean; readonly reason: string }[];
  readonly reasons: readonly string[];
  readonly write?: {
    readonly tool: string;
    readonly target: string;
    readonly args: Readonly<Record<string, number>>;
    readonly way_back: Readonly<Record<string, number>>;
  };
}

/** How far a run is. No words of its events: they tell of components that the one who asks may not be linked to. */
export interface RunStatus {
  readonly run: string;
  readonly state: 'running' | 'ended';
  /** The stage that it reached last. */
  readonly step: string;
  readonly ending?: string;
  /** How many events there are. */
  readonly events: number;
}

/** What the tools may ask of the triage. Everything throws ToolError. */
export interface TriageService {
  /** Opens a run of an agent for an alert that a principal reports, or joins the one that is open for it. */
  open(
    agent: string,
    alert: ReportedAlert,
    by: string,
  ): Promise<{ readonly run: string; readonly joined: boolean }>;
  /** Tells a run to stop, which ends it with a human. False where it is over, or another process works on it. */
  stop(agent: string, run: string): Promise<boolean>;
  /** How far a run is. */
  status(agent: string, run: string): Promise<RunStatus>;
  /** Looks for itself, and records a diagnosis of an agent only where that look comes to the same. */
  propose(agent: string, claim: ClaimedAction, signal: AbortSignal): Promise<ProposalVerdict>;
}

/** The place of a process's one triage. What asks before one is there is refused. */
export interface TriagePlace {
  readonly service: TriageService;
  /** Puts one into its place, opened when it is first asked; the function that comes back takes it away again. */
  serve(open: () => Promise<TriageService>): () => void;
}

export function openTriagePlace(): TriagePlace {
  let present: (() => Promise<TriageService>) | undefined;
  const there = (): Promise<TriageService> => {
    if (present) return present();
    throw new ToolError('unreachable', 'this process runs no triage; a server of the stack does');
  };
  return {
    service: {
      open: async (...asked) => (await there()).open(...asked),
      stop: async (...asked) => (await there()).stop(...asked),
      status: async (...asked) => (await there()).status(...asked),
      propose: async (...asked) => (await there()).propose(...asked),
    },
    serve(open) {
      let opened: Promise<TriageService> | undefined;
      const once = (): Promise<TriageService> => {
        opened ??= open();
        return opened;
      };
      present = once;
      return () => {
        if (present === once) present = undefined;
      };
    },
  };
}
