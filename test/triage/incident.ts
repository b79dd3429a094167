import type { Alert } from '../../src/triage/backend.ts';
import { type Cluster, COMMITS } from './cluster.ts';
import type { StandIn } from './prometheus-stand-in.ts';

/**
 * The bad commit of a cluster was rolled out six minutes ago, and since a minute later errors show as long as
 * `isHealed` says no. Gives the alert about it.
 */
export function badDeploy(cluster: Cluster, prometheus: StandIn, isHealed: () => boolean): Alert {
  const at = new Date().toISOString();
  const now = Date.parse(at) / 1000;
  for (const set of cluster.twin.state.replicaSets) set.metadata.creationTimestamp = '2025-01-01T00:00:00Z';
  const fresh = cluster.twin.state.replicaSets.find(({ spec }) =>
    spec.template.spec.containers.some(({ image }) => image === `shop/orders-api:${COMMITS.bad}`),
  );
  if (fresh) fresh.metadata.creationTimestamp = new Date(Date.parse(at) - 6 * 60_000).toISOString();
  // Points of the last minute are those that show a heal.
  prometheus.measure = (t) => (t > now - 300 && !(t > now - 60 && isHealed()) ? 0.4 : 0);
  return { name: 'Errors', component: 'orders-api', metric: 'error_rate', summary: 'it fails', at };
}
