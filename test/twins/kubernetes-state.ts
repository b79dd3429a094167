import { createHash } from 'node:crypto';

export type Json = Record<string, unknown>;
export interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: boolean;
}
export interface Meta {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  creationTimestamp: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  ownerReferences?: Owner[];
}
export interface Template {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: Json & { containers: (Json & { name: string; image: string })[] };
}
export interface Thing {
  metadata: Meta;
  spec: Json & { replicas: number; selector: { matchLabels: Record<string, string> }; template: Template };
  status: Json;
}
export interface PodThing {
  metadata: Meta;
  spec: Json & { containers: (Json & { name: string; image: string })[] };
  status: Json;
}

export const PLURALS = ['deployments', 'statefulsets', 'daemonsets'] as const;
export type Plural = (typeof PLURALS)[number];
export const KIND: Readonly<Record<Plural, string>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
};

const REVISION = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';
const NOW = '2026-01-02T03:04:05Z';

/**
 * What the API server and its controllers hold, and what the controllers do at once after a change: a Deployment
 * whose template changed gets a ReplicaSet of the next revision, or an older one of that template gets its number.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment
 */
export class ClusterState {
  readonly workloads: Record<Plural, Thing[]> = { deployments: [], statefulsets: [], daemonsets: [] };
  replicaSets: Thing[] = [];
  pods: PodThing[] = [];
  readonly events: Json[] = [];
  readonly autoscalers: { metadata: Meta; spec: Json }[] = [];
  #serial = 100;

  next = (): string => String(++this.#serial);
  uid = (): string => `00000000-0000-4000-8000-${String(++this.#serial).padStart(12, '0')}`;

  meta(namespace: string, name: string, labels: Record<string, string>, owner?: Owner): Meta {
    return {
      name,
      namespace,
      uid: this.uid(),
      resourceVersion: this.next(),
      generation: 1,
      creationTimestamp: NOW,
      labels,
      annotations: {},
      ...(owner ? { ownerReferences: [owner] } : {}),
    };
  }

  /** Makes a workload, as `kubectl create` and the controllers would. */
  add(
    plural: Plural,
    namespace: string,
    name: string,
    made: { image: string; replicas?: number; env?: Json[] },
  ) {
    const labels = { app: name };
    const template: Template = {
      metadata: { labels },
      // A field of a later API: whoever copies a template has to keep what it does not know.
      spec: {
        containers: [{ name: 'main', image: made.image, env: made.env ?? [] }],
        futureField: { keep: 'me' },
      },
    };
    const thing: Thing = {
      metadata: this.meta(namespace, name, labels),
      spec: { replicas: made.replicas ?? 2, selector: { matchLabels: labels }, template },
      status: {},
    };
    this.workloads[plural].push(thing);
    this.reconcile(plural, thing);
    return thing;
  }

  /** Takes a changed workload in, gives it its versions and lets the controllers work. */
  store(plural: Plural, old: Thing, changed: Thing): Thing {
    const isNewSpec = JSON.stringify(old.spec) !== JSON.stringify(changed.spec);
    const stored = structuredClone(changed);
    stored.metadata.generation = old.metadata.generation + (isNewSpec ? 1 : 0);
    stored.metadata.resourceVersion = this.next();
    const list = this.workloads[plural];
    list[list.indexOf(old)] = stored;
    this.reconcile(plural, stored);
    return stored;
  }

  reconcile(plural: Plural, thing: Thing): void {
    const { metadata, spec } = thing;
    const owner = (of: Meta, kind: string): Owner => ({
      apiVersion: 'apps/v1',
      kind,
      name: of.name,
      uid: of.uid,
      controller: true,
    });
    if (plural === 'deployments') {
      const current = this.#revise(thing, owner(metadata, 'Deployment'));
      for (const set of this.ownedSets(thing)) {
        set.spec.replicas = set === current ? spec.replicas : 0;
        set.status = { replicas: set.spec.replicas, readyReplicas: set.spec.replicas };
        this.#keepPods(set, owner(set.metadata, 'ReplicaSet'), set.spec.replicas);
      }
    } else this.#keepPods(thing, owner(metadata, KIND[plural]), spec.replicas);
    const n = spec.replicas;
    thing.status = {
      observedGeneration: metadata.generation,
      ...(plural === 'daemonsets'
        ? { desiredNumberScheduled: n, updatedNumberScheduled: n, numberReady: n, numberAvailable: n }
        : { replicas: n, updatedReplicas: n, readyReplicas: n, availableReplicas: n }),
    };
    metadata.resourceVersion = this.next();
  }

  /** Puts an autoscaler over a Deployment. */
  addAutoscaler(namespace: string, name: string, of: string, bounds: { min: number; max: number }) {
    const autoscaler = {
      metadata: this.meta(namespace, name, {}),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: of },
        minReplicas: bounds.min,
        maxReplicas: bounds.max,
      },
    };
    this.autoscalers.push(autoscaler);
    return autoscaler;
  }

  /**
   * Lets every autoscaler do its work, whose metrics want a number: a number outside of its bounds is brought into
   * them, whatever the policies; within them it moves only in directions that are not disabled; at zero it rests.
   * @see https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/controller/podautoscaler/horizontal.go
   */
  autoscale(wants: number): void {
    for (const { metadata, spec } of this.autoscalers) {
      const { scaleTargetRef, minReplicas, maxReplicas, behavior } = spec as {
        scaleTargetRef: { name: string };
        minReplicas: number;
        maxReplicas: number;
        behavior?: Record<'scaleUp' | 'scaleDown', { selectPolicy?: string } | undefined>;
      };
      const own = this.workloads.deployments.find(
        (one) => one.metadata.namespace === metadata.namespace && one.metadata.name === scaleTargetRef.name,
      );
      const now = own?.spec.replicas ?? 0;
      const within = (number: number) => Math.min(Math.max(number, minReplicas), maxReplicas);
      const direction = behavior?.[within(wants) > now ? 'scaleUp' : 'scaleDown'];
      const isHeld = within(now) === now && direction?.selectPolicy === 'Disabled';
      const wanted = within(now) !== now ? within(now) : isHeld ? now : within(wants);
      if (!own || now === 0 || now === wanted) continue;
      const changed = structuredClone(own);
      changed.spec.replicas = wanted;
      this.store('deployments', own, changed);
    }
  }

  ownedSets = (thing: Thing): Thing[] =>
    this.replicaSets.filter((set) => set.metadata.ownerReferences?.[0]?.uid === thing.metadata.uid);

  #revise(deployment: Thing, owner: Owner): Thing {
    const hash = createHash('sha256')
      .update(JSON.stringify(sortKeys(deployment.spec.template)))
      .digest('hex')
      .slice(0, 10);
    const name = `${deployment.metadata.name}-${hash}`;
    const owned = this.ownedSets(deployment);
    const last = Math.max(0, ...owned.map((set) => Number(set.metadata.annotations[REVISION])));
    let current = owned.find((set) => set.metadata.name === name);
    if (!current) {
      const template = structuredClone(deployment.spec.template);
      template.metadata.labels = { ...template.metadata.labels, 'pod-template-hash': hash };
      const { namespace } = deployment.metadata;
      current = {
        metadata: this.meta(namespace, name, template.metadata.labels, owner),
        spec: { replicas: 0, selector: { matchLabels: template.metadata.labels }, template },
        status: {},
      };
      this.replicaSets.push(current);
      current.metadata.annotations[REVISION] = String(last + 1);
    } else if (Number(current.metadata.annotations[REVISION]) !== last)
      current.metadata.annotations[REVISION] = String(last + 1);
    const cause = deployment.metadata.annotations[CAUSE];
    if (cause === undefined) delete current.metadata.annotations[CAUSE];
    else current.metadata.annotations[CAUSE] = cause;
    deployment.metadata.annotations[REVISION] = current.metadata.annotations[REVISION] ?? '';
    return current;
  }

  #keepPods(set: Thing, owner: Owner, wanted: number): void {
    const image = (pod: PodThing) => pod.spec.containers[0]?.image;
    const owned = this.pods
      .filter((pod) => pod.metadata.ownerReferences?.[0]?.uid === owner.uid)
      .filter((pod) => image(pod) === set.spec.template.spec.containers[0]?.image)
      .slice(0, wanted);
    const others = this.pods.filter((pod) => pod.metadata.ownerReferences?.[0]?.uid !== owner.uid);
    while (owned.length < wanted) {
      const name = `${set.metadata.name}-${this.next()}`;
      const containers = structuredClone(set.spec.template.spec.containers);
      owned.push({
        metadata: this.meta(set.metadata.namespace, name, set.spec.template.metadata.labels, owner),
        spec: { nodeName: 'node-1', containers },
        status: {
          phase: 'Running',
          startTime: NOW,
          containerStatuses: containers.map((one) => ({
            name: one.name,
            ready: true,
            restartCount: 0,
            state: { running: { startedAt: NOW } },
            lastState: {},
          })),
        },
      });
    }
    this.pods = [...others, ...owned];
  }
}

const sortKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sortKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sortKeys(inner)]),
        )
      : value;
