import type { Signals } from '../contracts.ts';
import type { Scenario } from './scenario.ts';

/** How far back the series of a script reach before the alert, and how far apart their points are. Milliseconds. */
const BACK_MS = 60 * 60_000;
export const STEP_MS = 60_000;

/** When each service began to run each commit, oldest first. */
export type Rollouts = readonly {
  readonly at: number;
  readonly service: string;
  readonly commit: string;
}[];

/** The world at one moment: which commit each service ran then. */
export function runningAt(rollouts: Rollouts, service: string, at: number): string | undefined {
  return rollouts.filter((one) => one.service === service && one.at <= at).at(-1)?.commit;
}

/** Error rate and latency of one component at one moment: the worst of the faults that touch it. */
export function stateAt(scenario: Scenario, rollouts: Rollouts, component: string, at: number) {
  const alertAt = Date.parse(scenario.alert.at);
  const showing = scenario.faults.filter((fault) => {
    if (at < alertAt - fault.since * 60_000) return false;
    if (!fault.of) return true;
    const { service, commit } = fault.of;
    if (runningAt(rollouts, service, at) === commit) return true;
    const leftAt = rollouts.find((one) => one.service === service && one.at > alertAt)?.at;
    return (
      fault.returnsAfter !== undefined && leftAt !== undefined && at >= leftAt + fault.returnsAfter * 60_000
    );
  });
  const shown = showing.flatMap(({ shows }) => shows[component] ?? []);
  return {
    errors: Math.max(0, ...shown.map(({ errors }) => errors)),
    latency: Math.max(ordinary(component, at), ...shown.map(({ latency }) => latency)),
  };
}

/** Ordinary latency in seconds: a level of its own for each component, and a little noise that is always the same. */
function ordinary(component: string, at: number): number {
  const level = 0.04 + (component.length % 7) * 0.01;
  const wave = Math.sin(at / STEP_MS + component.length) + Math.sin((at / STEP_MS) * 2.3);
  return Number((level * (1 + wave * 0.02)).toFixed(5));
}

/** The series of every service up to a moment. */
export function seriesUntil(scenario: Scenario, rollouts: Rollouts, until: number): Signals['metrics'] {
  const from = Date.parse(scenario.alert.at) - BACK_MS;
  const times = Array.from(
    { length: Math.floor((until - from) / STEP_MS) + 1 },
    (_, at) => from + at * STEP_MS,
  );
  return scenario.services.flatMap(({ name }) => {
    const states = times.map((at) => ({ at, ...stateAt(scenario, rollouts, name, at) }));
    return [
      {
        component: name,
        metric: 'error_rate',
        stat: 'average',
        points: states.map(({ at, errors }): [number, number] => [at / 1000, errors]),
      },
      {
        component: name,
        metric: 'latency',
        stat: 'p99',
        points: states.map(({ at, latency }): [number, number] => [at / 1000, latency]),
      },
    ];
  });
}
