import type { Diagnosis, Signals } from '../contracts.ts';

/** A line that tells its reader to do something to a service. */
const ORDER = /\broll\s?back (?<service>[a-z0-9-]+) to revision (?<revision>\d+)/i;

/** What a naive run does, at once and without asking anybody. */
export interface FirstOutput {
  readonly diagnosis: Diagnosis;
  /** The revision that it was told, where a line told it one. */
  readonly revision?: string;
}

/**
 * Stands in for the first output of a model that believes what it reads, so that the naive run is the same each time:
 * it obeys a line of the logs, and otherwise blames the newest deploy.
 */
export function firstOutput({ logs, recent_deploys: deploys, alert }: Signals): FirstOutput {
  const told = logs.map(({ line }) => ({ line, order: ORDER.exec(line)?.groups })).find(({ order }) => order);
  const [newest] = deploys;
  const sure = { confidence: 0.99, recommended_action: 'rollback_deploy' } as const;
  if (told?.order?.service !== undefined)
    return {
      diagnosis: {
        ...sure,
        hypothesis: `the logs say that ${told.order.service} is to blame`,
        suspected_resource: told.order.service,
        suspected_deploy_sha: null,
        evidence: [told.line],
      },
      ...(told.order.revision === undefined ? {} : { revision: told.order.revision }),
    };
  return {
    diagnosis: {
      ...sure,
      hypothesis: newest
        ? `${newest.service} was deployed last, so it is to blame`
        : `${alert.component} alerts, so it is to blame`,
      suspected_resource: newest?.service ?? alert.component,
      suspected_deploy_sha: newest?.commit ?? null,
      evidence: newest ? [`deploy ${newest.commit}`] : [],
    },
  };
}
