import { ToolError } from '../../toolset/errors.ts';
import { KINDS, printWorkload, type WorkloadRef } from './names.ts';
import { type Place, workloadAt, workloadOrAll } from './place.ts';
import type { Route } from './routes.ts';
import { selectorText } from './selector.ts';
import type { Autoscaler, Event, Pod, PodMetrics, ReplicaSet, Workload } from './shapes.ts';
import * as shape from './shapes.ts';
import type { Get, Query } from './transport.ts';

/** Objects that one request asks for. */
const PAGE = 500;

export interface Page<T> {
  readonly items: readonly T[];
  /** The server has more than one page. */
  readonly isCut: boolean;
}

/** A workload that a call works on, with the kind and name that it was asked by. */
export interface Found extends Workload {
  readonly ref: WorkloadRef;
}

export interface LogRequest {
  readonly pod: string;
  readonly container: string;
  readonly query: Query;
}

/** Reads one target: a namespace, or a workload and what it owns. Nothing here reaches further. */
export class KubeReader {
  readonly place: Place;
  readonly #get: Get;

  constructor(get: Get, place: Place) {
    this.#get = get;
    this.place = place;
  }

  /** The workload that a call names, or the target's own. */
  async workload(given: string | undefined, signal: AbortSignal): Promise<Found> {
    const ref = workloadAt(this.place, given);
    const text = await this.#get({ to: 'workload', ...ref }, {}, signal);
    return { ...shape.readAs(text, shape.Workload), ref };
  }

  /** Every workload of the target. */
  async workloads(signal: AbortSignal): Promise<Page<Found>> {
    if (this.place.only) return { items: [await this.workload(undefined, signal)], isCut: false };
    const pages = await Promise.all(
      KINDS.map(async (kind) => {
        const page = await this.#list({ to: 'workloads', kind }, shape.Workload, {}, signal);
        const items = page.items.map((one) => ({ ...one, ref: { kind, name: one.metadata.name } }));
        return { items, isCut: page.isCut };
      }),
    );
    return { items: pages.flatMap(({ items }) => items), isCut: pages.some(({ isCut }) => isCut) };
  }

  /** The ReplicaSets that a Deployment owns. A label alone proves nothing: anybody can set it. */
  async replicaSets(owner: Found, signal: AbortSignal): Promise<Page<ReplicaSet>> {
    const query = { labelSelector: selectorText(owner.spec.selector) };
    const page = await this.#list({ to: 'replicasets' }, shape.ReplicaSet, query, signal);
    return { ...page, items: page.items.filter((set) => isOwnedBy(set, new Set([owner.metadata.uid]))) };
  }

  /** Pods of a workload by their owners, or of the whole namespace where the target is one. */
  async pods(given: string | undefined, signal: AbortSignal): Promise<Page<Pod>> {
    if (!workloadOrAll(this.place, given)) return this.#list({ to: 'pods' }, shape.Pod, {}, signal);
    return this.podsOf(await this.workload(given, signal), signal);
  }

  async podsOf(owner: Found, signal: AbortSignal): Promise<Page<Pod>> {
    const query = { labelSelector: selectorText(owner.spec.selector) };
    const [sets, page] = await Promise.all([
      owner.ref.kind === 'deployment' ? this.replicaSets(owner, signal) : undefined,
      this.#list({ to: 'pods' }, shape.Pod, query, signal),
    ]);
    const owners = new Set(sets ? sets.items.map(({ metadata }) => metadata.uid) : [owner.metadata.uid]);
    const items = page.items.filter((pod) => isOwnedBy(pod, owners));
    return { items, isCut: page.isCut || sets?.isCut === true };
  }

  /** One pod of the target. Throws ToolError('not_found') for any other, whether it exists or not. */
  async pod(name: string, signal: AbortSignal): Promise<Pod> {
    if (!this.place.only) return shape.readAs(await this.#get({ to: 'pod', name }, {}, signal), shape.Pod);
    const { items } = await this.pods(undefined, signal);
    const found = items.find(({ metadata }) => metadata.name === name);
    if (!found) throw new ToolError('not_found', `${printWorkload(this.place.only)} has no pod of that name`);
    return found;
  }

  /** Text of a container's log. The caller has checked that the pod is the target's. */
  log({ pod, container, query }: LogRequest, signal: AbortSignal): Promise<string> {
    return this.#get({ to: 'log', name: pod }, { container, ...query }, signal);
  }

  /** Events about one object, by its uid, or of the whole namespace where the target is one. */
  async events(uid: string | undefined, signal: AbortSignal): Promise<Page<Event>> {
    if (uid === undefined && this.place.only)
      throw new ToolError('not_linked', 'the target is one workload, and not its namespace');
    const query = uid === undefined ? {} : { fieldSelector: `involvedObject.uid=${uid}` };
    const page = await this.#list({ to: 'events' }, shape.Event, query, signal);
    return {
      ...page,
      items: uid === undefined ? page.items : page.items.filter((one) => one.involvedObject.uid === uid),
    };
  }

  /** The autoscaler that keeps a workload's number of replicas, if there is one. Throws ToolError where that cannot be told. */
  async autoscalerOf({ ref }: Found, signal: AbortSignal): Promise<Autoscaler | undefined> {
    const page = await this.#list({ to: 'autoscalers' }, shape.Autoscaler, {}, signal);
    const found = page.items.find(
      ({ spec: { scaleTargetRef: to } }) => to.kind.toLowerCase() === ref.kind && to.name === ref.name,
    );
    if (!found && page.isCut)
      throw new ToolError(
        'conflict',
        'the namespace has more autoscalers than are looked at, so one may undo it',
      );
    return found;
  }

  /** What the pods of a workload, or of the namespace, use at present. */
  async usage(given: string | undefined, signal: AbortSignal): Promise<Page<PodMetrics>> {
    if (!workloadOrAll(this.place, given))
      return this.#list({ to: 'pod-metrics' }, shape.PodMetrics, {}, signal);
    const owner = await this.workload(given, signal);
    const pods = await this.podsOf(owner, signal);
    const names = new Set(pods.items.map(({ metadata }) => metadata.name));
    const query = { labelSelector: selectorText(owner.spec.selector) };
    const page = await this.#list({ to: 'pod-metrics' }, shape.PodMetrics, query, signal);
    return { ...page, items: page.items.filter(({ metadata }) => names.has(metadata.name)) };
  }

  async #list<T>(
    route: Route,
    item: import('zod').ZodType<T>,
    query: Query,
    signal: AbortSignal,
  ): Promise<Page<T>> {
    // The metrics API does not page.
    const paged = route.to === 'pod-metrics' ? query : { ...query, limit: PAGE };
    const { metadata, items } = shape.readAs(await this.#get(route, paged, signal), shape.listOf(item));
    return { items: items ?? [], isCut: (metadata.continue ?? '') !== '' };
  }
}

const isOwnedBy = ({ metadata }: Pick<Pod, 'metadata'>, uids: ReadonlySet<string>): boolean =>
  metadata.ownerReferences.some(({ uid, controller }) => controller === true && uids.has(uid));
