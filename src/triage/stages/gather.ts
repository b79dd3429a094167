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
    ({ raw }) =>
      `${raw.services.length} services, ${raw.recent_deploys.length} recent deploys, ${raw.metrics.length} series, ${raw.logs.length} log lines, ${raw.protected_resources.length} protected`,
  );
