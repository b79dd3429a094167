import type { Signals } from './contracts.ts';

/** One line that the signals state, and that a diagnosis may cite. */
export interface Fact {
  /** The component that it is about. */
  readonly component: string;
  readonly kind: 'service' | 'deploy' | 'metric' | 'log';
  readonly text: string;
}

/** Points of a series that a fact shows: its start, its middle and its last values tell a shift. */
const SHOWN_POINTS = 12;

/** Everything that the signals say of components, one line each: what a model reads, and what it may cite. */
export function factsOf(signals: Signals): Fact[] {
  return [
    ...signals.services.map(
      ({ name, ready, wanted, revision, image }): Fact => ({
        component: name,
        kind: 'service',
        text: `service ${name}: ${ready} of ${wanted} ready, revision ${revision}, image ${image}`,
      }),
    ),
    ...signals.recent_deploys.map(
      ({ service, revision, commit, image, at, message }): Fact => ({
        component: service,
        kind: 'deploy',
        text: `deploy ${commit} of ${service} at ${at}: revision ${revision}, image ${image}${message ? `, "${message}"` : ''}`,
      }),
    ),
    ...signals.metrics.map(
      ({ component, metric, stat, points }): Fact => ({
        component,
        kind: 'metric',
        text: `metric ${component} ${metric} ${stat}: ${spread(points, SHOWN_POINTS).map(print).join(' ')}`,
      }),
    ),
    ...signals.logs.map(
      ({ component, at, line }): Fact => ({
        component,
        kind: 'log',
        text: `log ${component} ${at}: ${line}`,
      }),
    ),
  ];
}

type Point = Signals['metrics'][number]['points'][number];

const spread = (points: readonly Point[], most: number): readonly Point[] =>
  points.length <= most
    ? points
    : Array.from(
        { length: most },
        (_, at) => points[Math.round((at * (points.length - 1)) / (most - 1))],
      ).filter((point) => point !== undefined);

const print = ([, value]: Point): string => (value === null ? '-' : String(Number(value.toPrecision(4))));
