import { describe } from './describe.ts';
import { events } from './events.ts';
import { listPods } from './list-pods.ts';
import { listWorkloads } from './list-workloads.ts';
import { logs } from './logs.ts';
import { pauseAutoscaler } from './pause-autoscaler.ts';
import { restart } from './restart.ts';
import { revisions } from './revisions.ts';
import { rollbackWorkload } from './rollback-workload.ts';
import { rolloutStatus } from './rollout-status.ts';
import { scale } from './scale.ts';
import { top } from './top.ts';

/** Every tool of Kubernetes; a namespace and a workload have the same. */
export const tools = [
  listWorkloads,
  listPods,
  events,
  logs,
  revisions,
  describe,
  rolloutStatus,
  top,
  rollbackWorkload,
  scale,
  restart,
] as const;

/** What holds an autoscaler still for a rollback. */
export const pausers = [pauseAutoscaler] as const;
