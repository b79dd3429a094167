import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';

/**
 * As much of the API's objects as the tools use; the rest is dropped where it enters. The API leaves zeroes, false and
 * empty lists out, so those are the defaults.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/
 */
const Count = z.number().int().default(0);
const Words = z.record(z.string(), z.string());

const Owner = z.object({
  uid: z.string(),
  kind: z.string(),
  name: z.string(),
  controller: z.boolean().optional(),
});

export const Meta = z.object({
  name: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: Count,
  creationTimestamp: z.string().optional(),
  labels: Words.default({}),
  annotations: Words.default({}),
  ownerReferences: z.array(Owner).default([]),
});
export type Meta = z.output<typeof Meta>;

const Selector = z.object({
  matchLabels: Words.default({}),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});
export type Selector = z.output<typeof Selector>;

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});

/** A pod template, kept whole: a rollback must put back fields that nothing here knows of. */
export const Template = z.record(z.string(), z.json());
export type Template = z.output<typeof Template>;

export const Workload = z.object({
  metadata: Meta,
  spec: z.object({
    replicas: z.number().int().optional(),
    selector: Selector,
    template: Template,
    paused: z.boolean().default(false),
    strategy: z.object({ type: z.string() }).optional(),
    updateStrategy: z.object({ type: z.string() }).optional(),
    revisionHistoryLimit: z.number().int().optional(),
  }),
  status: z
    .object({
      observedGeneration: Count,
      replicas: Count,
      updatedReplicas: Count,
      readyReplicas: Count,
      availableReplicas: Count,
      currentRevision: z.string().optional(),
      updateRevision: z.string().optional(),
      desiredNumberScheduled: Count,
      updatedNumberScheduled: Count,
      numberReady: Count,
      numberAvailable: Count,
      conditions: z.array(Condition).default([]),
    })
    .prefault({}),
});
export type Workload = z.output<typeof Workload>;

export const ReplicaSet = z.object({
  metadata: Meta,
  spec: z.object({ replicas: Count, template: Template }),
  status: z.object({ replicas: Count, readyReplicas: Count }).prefault({}),
});
export type ReplicaSet = z.output<typeof ReplicaSet>;

const State = z
  .object({
    waiting: z.object({ reason: z.string().optional() }).optional(),
    running: z.object({ startedAt: z.string().optional() }).optional(),
    terminated: z
      .object({
        exitCode: z.number().int(),
        reason: z.string().optional(),
        finishedAt: z.string().optional(),
      })
      .optional(),
  })
  .prefault({});
export type State = z.output<typeof State>;

export const Pod = z.object({
  metadata: Meta,
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(z.object({ name: z.string(), image: z.string().optional() })),
    initContainers: z.array(z.object({ name: z.string() })).default([]),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      reason: z.string().optional(),
      startTime: z.string().optional(),
      containerStatuses: z
        .array(
          z.object({
            name: z.string(),
            ready: z.boolean().default(false),
            restartCount: Count,
            image: z.string().optional(),
            state: State,
            lastState: State,
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type Pod = z.output<typeof Pod>;

export const Event = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string().optional(),
    creationTimestamp: z.string().nullish(),
  }),
  involvedObject: z.object({
    kind: z.string().default(''),
    name: z.string().default(''),
    uid: z.string().default(''),
  }),
  type: z.string().default('Normal'),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().int().nullish(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  series: z.object({ count: z.number().int().optional(), lastObservedTime: z.string().nullish() }).nullish(),
});
export type Event = z.output<typeof Event>;

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export const Autoscaler = z.object({
  metadata: Meta.pick({ name: true, uid: true, resourceVersion: true }),
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    minReplicas: z.number().int().nullish(),
    maxReplicas: z.number().int(),
    /** Kept whole: what is put back must be all of it. */
    behavior: z.record(z.string(), z.json()).nullish(),
  }),
});
export type Autoscaler = z.output<typeof Autoscaler>;

export const PodMetrics = z.object({
  metadata: z.object({ name: z.string() }),
  timestamp: z.string().optional(),
  containers: z
    .array(z.object({ name: z.string(), usage: z.object({ cpu: z.string(), memory: z.string() }) }))
    .default([]),
});
export type PodMetrics = z.output<typeof PodMetrics>;

export const Scale = z.object({ metadata: Meta, spec: z.object({ replicas: Count }).prefault({}) });
export type Scale = z.output<typeof Scale>;

/** A page of a list, and whether the server holds more. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    metadata: z.object({ continue: z.string().optional() }).prefault({}),
    items: z.array(item).nullish(),
  });

/** Reads an answer of the API as a shape. Throws ToolError('backend_failed') when it is something else. */
export function readAs<T>(text: string, shape: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success)
    throw new ToolError('backend_failed', 'the answer is not one of the Kubernetes API; check the context');
  return parsed.data;
}
