import { z } from 'zod';
import type { Held } from '../store/leases.ts';
import type { ProposedAction } from './action.ts';
import type { Diagnosis, Signals } from './contracts.ts';
import type { Measured } from './events.ts';

export type Alert = Signals['alert'];

/** One revision of one service, as its cluster holds it. `commit` is its image's tag where the cluster tells no more. */
export const Revision = z.strictObject({
  revision: z.string(),
  image: z.string(),
  commit: z.string(),
  current: z.boolean(),
});
export type Revision = z.output<typeof Revision>;

/** What the gate is told before an action: what was diagnosed, and the action and its way back that follow from it. */
export interface Recorded {
  readonly run: string;
  readonly alert: Alert;
  readonly diagnosis: Diagnosis;
  readonly action: ProposedAction;
}

/** A write that was done, and its place in the audit, where there is one. */
export const Acted = z.strictObject({ detail: z.string(), seq: z.number().int().exactOptional() });
export type Acted = z.output<typeof Acted>;

/**
 * The one interface to what a triage works on. Reads may be repeated; `act` is asked once for a key, and whoever gets
 * no clear answer looks with `stands` instead of asking again. Everything throws ToolError.
 */
export interface InfraBackend {
  readonly kind: 'mock' | 'kubernetes';
  /** What bears on the alert. Deploys come newest first. */
  gather(alert: Alert, signal: AbortSignal): Promise<Signals>;
  /** The revisions that belong to a service, newest first: from the cluster, whatever anybody says of them. */
  revisions(service: string, signal: AbortSignal): Promise<readonly Revision[]>;
  /** Keeps what was diagnosed where the gate looks it up. Without it `act` is refused. */
  record(recorded: Recorded, signal: AbortSignal): Promise<void>;
  /**
   * Does it, once for each key, through the gate. ToolError('write_refused') where the gate says no,
   * ToolError('outcome_unknown') where the answer was lost.
   * @param held the run: whoever was paused for so long that another works on it does nothing any more
   */
  act(action: ProposedAction, key: string, signal: AbortSignal, held?: Held): Promise<Acted>;
  /** Whether the service stands as the action leaves it. */
  stands(action: ProposedAction, signal: AbortSignal): Promise<boolean>;
  /** What the alert was about, measured now; undefined where nothing measures it. */
  measure(alert: Alert, signal: AbortSignal): Promise<Measured | undefined>;
  /** Lets time pass. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Unix milliseconds. */
  now(): number;
}
