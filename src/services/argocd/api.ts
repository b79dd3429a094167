import { z } from 'zod';

/**
 * Shapes of the REST API's answers, as far as they are read. Go leaves empty fields out.
 * @see https://github.com/argoproj/argo-cd/blob/master/assets/swagger.json
 */
const text = z.string().nullish();

const Source = z.object({
  repoURL: z.string().default(''),
  path: text,
  chart: text,
  targetRevision: text,
  ref: text,
});
export type Source = z.output<typeof Source>;

/** Whole, since a fingerprint of it tells two deployments apart; its parameters are never shown. */
const DeployedSource = z.looseObject(Source.shape);

export const HistoryEntry = z.object({
  id: z.number().int(),
  revision: text,
  revisions: z.array(z.string()).nullish(),
  source: DeployedSource.nullish(),
  sources: z.array(DeployedSource).nullish(),
  deployedAt: text,
  /** When the operation began that made the entry. */
  deployStartedAt: text,
  initiatedBy: z.object({ username: text, automated: z.boolean().nullish() }).nullish(),
});
export type HistoryEntry = z.output<typeof HistoryEntry>;

const Resource = z.object({
  group: z.string().default(''),
  kind: z.string(),
  namespace: z.string().default(''),
  name: z.string(),
});
export type ResourceKey = z.output<typeof Resource>;

const Health = z.object({ status: text, message: text }).nullish();

const ResourceStatus = Resource.extend({
  status: text,
  health: Health,
  requiresPruning: z.boolean().nullish(),
});

const ResourceResult = Resource.extend({ status: text, message: text, hookType: text, hookPhase: text });
export type ResourceResult = z.output<typeof ResourceResult>;

const OperationState = z.object({
  phase: z.string(),
  message: text,
  startedAt: z.string(),
  finishedAt: text,
  operation: z.object({
    sync: z
      .object({ revision: text, revisions: z.array(z.string()).nullish(), dryRun: z.boolean().nullish() })
      .nullish(),
    initiatedBy: z.object({ username: text, automated: z.boolean().nullish() }).nullish(),
    info: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  }),
  syncResult: z
    .object({
      revision: text,
      revisions: z.array(z.string()).nullish(),
      resources: z.array(ResourceResult).nullish(),
    })
    .nullish(),
});
export type OperationState = z.output<typeof OperationState>;

const Spec = z.object({
  // An application that names none belongs to the project `default`.
  project: z
    .string()
    .default('')
    .transform((name) => name || 'default'),
  source: Source.nullish(),
  sources: z.array(Source).nullish(),
  destination: z.object({ server: text, name: text, namespace: text }).default({}),
  syncPolicy: z
    .object({
      // Whole, since a pause puts back all that it took out.
      automated: z
        .looseObject({
          prune: z.boolean().nullish(),
          selfHeal: z.boolean().nullish(),
          enabled: z.boolean().nullish(),
        })
        .nullish(),
      syncOptions: z.array(z.string()).nullish(),
    })
    .nullish(),
});

export const Application = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    deletionTimestamp: text,
    annotations: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).nullish(),
  }),
  spec: Spec,
  /** There while an operation waits or runs. */
  operation: z.looseObject({}).nullish(),
  status: z
    .object({
      sync: z.object({ status: text, revision: text, revisions: z.array(z.string()).nullish() }).nullish(),
      health: Health,
      summary: z.object({ images: z.array(z.string()).nullish() }).nullish(),
      conditions: z
        .array(z.object({ type: z.string(), message: z.string(), lastTransitionTime: text }))
        .nullish(),
      history: z.array(HistoryEntry).nullish(),
      operationState: OperationState.nullish(),
      resources: z.array(ResourceStatus).nullish(),
      reconciledAt: text,
    })
    .default({}),
});
export type Application = z.output<typeof Application>;

/** One of a list, where the server was asked for few fields. */
export const ListedApplication = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: Spec,
  status: z
    .object({
      sync: z.object({ status: text }).nullish(),
      health: Health,
      operationState: z.object({ phase: text, finishedAt: text }).nullish(),
    })
    .default({}),
});
export type ListedApplication = z.output<typeof ListedApplication>;
export const ApplicationList = z.object({ items: z.array(ListedApplication).nullish() });
/** The parts of an application that a list is asked for; the rest can be megabytes. */
export const LISTED_FIELDS = [
  'items.metadata.name',
  'items.metadata.namespace',
  'items.spec',
  'items.status.sync.status',
  'items.status.health',
  'items.status.operationState.phase',
  'items.status.operationState.finishedAt',
].join();

const Ref = Resource.extend({ uid: text });
export const TreeNode = Ref.extend({
  parentRefs: z.array(Ref).nullish(),
  health: Health,
  images: z.array(z.string()).nullish(),
  createdAt: text,
});
export type TreeNode = z.output<typeof TreeNode>;
/** Orphaned nodes, which belong to no application, are not read. */
export const Tree = z.object({ nodes: z.array(TreeNode).nullish() });

/** A resource as it is and as it should be, each as JSON text; `null` for one that is not there. */
export const ManagedResource = Resource.extend({
  targetState: text,
  liveState: text,
  normalizedLiveState: text,
  predictedLiveState: text,
  hook: z.boolean().nullish(),
});
export type ManagedResource = z.output<typeof ManagedResource>;
export const ManagedResources = z.object({ items: z.array(ManagedResource).nullish() });

export const Event = z.object({
  involvedObject: z.object({
    kind: z.string().default(''),
    name: z.string().default(''),
    namespace: z.string().default(''),
    uid: text,
  }),
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  lastTimestamp: text,
  eventTime: text,
  firstTimestamp: text,
});
export type Event = z.output<typeof Event>;
export const Events = z.object({ items: z.array(Event).nullish() });

export const Commit = z.object({
  author: text,
  date: text,
  message: text,
  tags: z.array(z.string()).nullish(),
});

export const Project = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z
    .object({
      description: text,
      sourceRepos: z.array(z.string()).nullish(),
      destinations: z.array(z.object({ server: text, name: text, namespace: text })).nullish(),
      syncWindows: z
        .array(
          z.object({
            kind: text,
            schedule: text,
            duration: text,
            timeZone: text,
            applications: z.array(z.string()).nullish(),
            manualSync: z.boolean().nullish(),
          }),
        )
        .nullish(),
    })
    .default({}),
});
export type Project = z.output<typeof Project>;
export const ProjectList = z.object({ items: z.array(Project).nullish() });

/** Whether an account may do something: `yes` or `no`. */
export const CanI = z.object({ value: z.string() });

/** What answers an operation that was taken on. */
export const Started = z.object({ metadata: z.object({ name: z.string() }) });
