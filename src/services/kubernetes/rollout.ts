import type { Found } from './reader.ts';

/** How far the controller is with what was asked for. Follows `kubectl rollout status`. */
export interface Rollout {
  readonly done: boolean;
  readonly failed: boolean;
  readonly message: string;
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** Reads it from a workload's spec and status. */
export function rolloutOf({ ref, metadata, spec, status }: Found): Rollout {
  const isDaemon = ref.kind === 'daemonset';
  const counts = {
    desired: isDaemon ? status.desiredNumberScheduled : (spec.replicas ?? 1),
    updated: isDaemon ? status.updatedNumberScheduled : status.updatedReplicas,
    ready: isDaemon ? status.numberReady : status.readyReplicas,
    available: isDaemon ? status.numberAvailable : status.availableReplicas,
  };
  const say = (message: string, done = false, failed = false): Rollout => ({
    done,
    failed,
    message,
    ...counts,
  });
  if (status.observedGeneration < metadata.generation)
    return say('the controller has not seen the change yet');
  if (spec.paused) return say('the rollout is paused');
  const progress = status.conditions.find(({ type }) => type === 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded')
    return say('the rollout made no progress within its deadline', false, true);
  if (counts.updated < counts.desired)
    return say(`${counts.updated} of ${counts.desired} pods have the new template`);
  const old = ref.kind === 'deployment' ? status.replicas - counts.updated : 0;
  if (old > 0) return say(`${old} pods of an older revision are still there`);
  if (counts.available < counts.desired)
    return say(`${counts.available} of ${counts.desired} pods are available`);
  return say('rolled out', true);
}
