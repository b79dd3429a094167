import { z } from 'zod';
import type { Held } from '../../store/leases.ts';
import type { InfraBackend } from '../backend.ts';
import type { Diagnosis, Signals } from '../contracts.ts';
import type { RunEvent } from '../events.ts';
import type { Judgement } from '../gates/quality-gate.ts';

/** One question to a model and what came back, masked: kept with the run, so that a reviewer can replay it. */
export const Exchange = z.strictObject({ route: z.string(), prompt: z.string(), answer: z.string() });
export type Exchange = z.output<typeof Exchange>;

/** What a diagnoser gets of the run that asks it. */
export interface Asking {
  readonly signal: AbortSignal;
  keep(exchange: Exchange): Promise<void>;
  breaker(route: string, state: 'open' | 'closed'): Promise<void>;
}

/** Something that turns signals into a diagnosis: our own rules, or a model behind a route. Throws ToolError. */
export interface Diagnoser {
  /** `rules`, or the model's route. */
  readonly name: string;
  /** Whether its evidence is lines copied from the signals, or sentences that name what is in them. */
  readonly cites: 'lines' | 'names';
  diagnose(signals: Signals, asking: Asking): Promise<Diagnosis>;
}

/** Looks at the evidence alone, without what the diagnosis argues. Throws ToolError. */
export interface Judge {
  judge(question: { signals: Signals; evidence: readonly string[] }, asking: Asking): Promise<Judgement>;
}

export interface Minds {
  /** The models in the order in which they are asked; none where the topology draws none. */
  readonly models: readonly Diagnoser[];
  /** Needs no model: serves where there is none, and is the second witness of every model. */
  readonly rules: Diagnoser;
  readonly judge?: Judge;
}

/** Cleans signals of secrets and of what identifies people. Throws rather than let a doubtful text through. */
export interface Redactor {
  redact(signals: Signals): { readonly signals: Signals; readonly masked: Readonly<Record<string, number>> };
}

/** What people are told. */
export interface Notice {
  readonly run: string;
  readonly component: string;
  /** A human has to do something. */
  readonly urgent: boolean;
  readonly summary: string;
  readonly trail: readonly string[];
}

/** Tells people. Asked twice about the same run and urgency it tells them once. Throws ToolError. */
export interface Notifier {
  /** What was done, one line each; empty where nobody can be told but through the events. */
  tell(notice: Notice, signal: AbortSignal): Promise<readonly string[]>;
}

/** Bounds of one run, in milliseconds. */
export interface TriageLimits {
  /** For one read, one write, or one question to the rules. */
  readonly stepMs: number;
  /** For one question to a model, with its retries and its repair. */
  readonly modelMs: number;
  /** How long a heal is watched; it must have held for the latter half. */
  readonly windowMs: number;
  readonly lookEveryMs: number;
  /** A run that lay longer than this is not taken up to act any more. */
  readonly resumeMs: number;
}

export const LIMITS: TriageLimits = {
  stepMs: 60_000,
  modelMs: 180_000,
  windowMs: 5 * 60_000,
  lookEveryMs: 30_000,
  resumeMs: 15 * 60_000,
};

/** All that a run works with. */
export interface TriageDeps {
  readonly backend: InfraBackend;
  readonly minds: Minds;
  readonly redactor: Redactor;
  readonly notifier: Notifier;
  readonly limits: TriageLimits;
  /** The hold on the run, which its writes are held to. */
  readonly held?: Held;
  /** Hears every event once, after it was stored. */
  tell?(event: RunEvent): void;
}
