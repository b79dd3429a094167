import type { Alert } from '../backend.ts';

/** When the alert of every scenario fires; Unix milliseconds. */
export const ALERT_AT = Date.UTC(2026, 2, 3, 10, 0, 0);
const MINUTE = 60_000;
/** A time so many minutes before the alert. */
export const minutesBefore = (minutes: number): string => new Date(ALERT_AT - minutes * MINUTE).toISOString();

export interface ScriptedRevision {
  readonly revision: string;
  readonly image: string;
  readonly commit: string;
  readonly at: string;
  readonly message?: string;
}

export interface ScriptedService {
  readonly name: string;
  readonly replicas: number;
  /** Newest first; the first runs when the incident begins. */
  readonly revisions: readonly ScriptedRevision[];
}

/** What goes wrong, where it shows, and what ends it. */
export interface Fault {
  /** The commit that carries it; absent for one that no deploy brought. */
  readonly of?: { readonly service: string; readonly commit: string };
  /** Minutes before the alert at which it begins to show. */
  readonly since: number;
  /** Error rate (0..1) and latency (seconds) of each component that it touches. */
  readonly shows: Readonly<Record<string, { readonly errors: number; readonly latency: number }>>;
  /** Minutes after a rollback at which it shows again, whatever runs. */
  readonly returnsAfter?: number;
}

/** One incident script: a small world, what is wrong in it, and what a careful triage makes of it. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly alert: Alert;
  readonly services: readonly ScriptedService[];
  readonly isProtected: readonly string[];
  /** `from` calls `to`. */
  readonly links: readonly { readonly from: string; readonly to: string }[];
  readonly faults: readonly Fault[];
  readonly logs: readonly { readonly component: string; readonly before: number; readonly line: string }[];
  /** The cluster refuses to roll out. */
  readonly rollbackFails?: true;
  /** The service that a write may touch in this script; absent where every write is wrong. */
  readonly culprit?: string;
  /** How `runHardened` ends with the rules alone. */
  readonly expected: 'healed' | 'nothing_to_do' | 'handed_over';
}
