/**
 * What the diagnoser reads. It is pure data: whoever gathers it decides where it came from.
 * All times are unix seconds; a series keeps its own unit, the same for all components that carry its metric.
 */
export interface DiagnoseInput {
  readonly topology: { readonly components: readonly string[]; readonly links: readonly Link[] };
  readonly alert: Alert;
  /** The window around the alert, oldest first. */
  readonly series: readonly Series[];
  /** Normal operation, from another time; without it, the points of `series` before the onset stand in. */
  readonly baseline?: readonly Series[];
  readonly logs?: readonly LogLine[];
  readonly deploys?: readonly Deploy[];
  readonly replicas?: readonly Replicas[];
}

/** `from` calls `to`. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

export interface Alert {
  readonly component: string;
  readonly metric?: string | undefined;
  readonly stat?: string | undefined;
  readonly at: number;
}

export interface Series {
  readonly component: string;
  readonly metric: string;
  readonly stat: string;
  readonly t: readonly number[];
  /** One value for each `t`; null where nothing was measured. */
  readonly v: readonly (number | null)[];
}

export interface LogLine {
  readonly t: number;
  readonly component: string;
  readonly line: string;
}

export interface Deploy {
  readonly t: number;
  readonly component: string;
  readonly sha: string;
  readonly image: string;
}

export interface Replicas {
  readonly component: string;
  readonly ready: number;
  readonly wanted: number;
}
