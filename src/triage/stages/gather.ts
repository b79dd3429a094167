import { Signals } from '../contracts.ts';
import type { Run } from '../run/run.ts';

/** Signals as they were gathered: they may hold credentials, so they are neither stored nor shown. */
export interface Gathered {
  readonly raw: Signals;
}

/** Reads what bears on the alert. Nothing is changed by it, so it is done anew after a restart. */
export const gather = (run: Run): Promise<Gathered> =>
  run.step(
    'gather',
    async () => {
      const signals = await run.read((signal) => run.deps.backend.gather(run.alert, signal));
      return { raw: Signals.parse(signals) };
    },
    ({ raw }) => {
      const series = alertSeries(raw);
      return {
        detail: `${raw.services.length} services, ${raw.recent_deploys.length} recent deploys, ${raw.metrics.length} series, ${raw.logs.length} log lines, ${raw.protected_resources.length} protected`,
        data: series ? { series } : {},
      };
    },
  );

/** What the alert is about, as it went before the run: numbers under names of the topology, and nothing else. */
export function alertSeries({ alert, metrics }: Signals) {
  const found = metrics.find(
    ({ component, metric }) => component === alert.component && metric === alert.metric,
  );
  return found && { component: found.component, metric: found.metric, points: found.points };
}
