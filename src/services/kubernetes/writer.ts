import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { WriteGrant } from '../../toolset/grant.ts';
import type { WorkloadRef } from './names.ts';
import type { KubeReader } from './reader.ts';
import { Autoscaler, readAs, Scale, Workload } from './shapes.ts';
import type { Patch, PatchStep } from './transport.ts';

const AUTHOR = { fieldManager: 'stackward' } as const;

/** Changes one workload of the target, and reads what the change needs. */
export class KubeWriter {
  readonly reader: KubeReader;
  readonly #patch: Patch;

  constructor(reader: KubeReader, patch: Patch) {
    this.reader = reader;
    this.#patch = patch;
  }

  /**
   * Changes a workload as it was read: the cluster first tries the change without keeping it, and `before` runs with
   * what came of that. Throws ToolError('conflict') when the object changed since it was read.
   */
  async change(
    { ref, metadata }: Pick<Workload, 'metadata'> & { readonly ref: WorkloadRef },
    steps: readonly PatchStep[],
    signal: AbortSignal,
    before: (tried: Workload) => Promise<void>,
  ): Promise<Workload> {
    const all = [...identity(metadata), ...steps];
    const route = { to: 'workload', ...ref } as const;
    const tried = await this.#patch(route, { ...AUTHOR, dryRun: 'All' }, all, signal);
    await before(readAs(tried, Workload));
    return done(await this.#patch(route, AUTHOR, all, signal), Workload);
  }

  /** The same for the number of replicas alone, by the scale subresource. */
  async scale(
    { ref, metadata }: Pick<Workload, 'metadata'> & { readonly ref: WorkloadRef },
    replicas: number,
    signal: AbortSignal,
    before: (tried: Scale) => Promise<void>,
  ): Promise<Scale> {
    // `add` also where the number is zero now, which the API then leaves out.
    const all = [...identity(metadata), { op: 'add', path: '/spec/replicas', value: replicas } as const];
    const route = { to: 'scale', ...ref } as const;
    const tried = await this.#patch(route, { ...AUTHOR, dryRun: 'All' }, all, signal);
    await before(readAs(tried, Scale));
    return done(await this.#patch(route, AUTHOR, all, signal), Scale);
  }

  /** The same for an autoscaler, by the steps of `boundsSteps`. */
  async bound(
    { metadata }: Pick<Autoscaler, 'metadata'>,
    steps: readonly PatchStep[],
    signal: AbortSignal,
    before: (tried: Autoscaler) => Promise<void>,
  ): Promise<Autoscaler> {
    const all = [...identity(metadata), ...steps];
    const route = { to: 'autoscaler', name: metadata.name } as const;
    const tried = await this.#patch(route, { ...AUTHOR, dryRun: 'All' }, all, signal);
    await before(readAs(tried, Autoscaler));
    return done(await this.#patch(route, AUTHOR, all, signal), Autoscaler);
  }
}

/** What of an autoscaler may be changed. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Null: the cluster's own default. */
  readonly behavior: JsonValue;
}

/** The change of an autoscaler to other bounds. */
export const boundsSteps = ({ spec }: Autoscaler, { min, max, behavior }: Bounds): PatchStep[] => [
  { op: 'add', path: '/spec/minReplicas', value: min },
  { op: 'add', path: '/spec/maxReplicas', value: max },
  ...(behavior !== null ? [{ op: 'add', path: '/spec/behavior', value: behavior } as const] : []),
  ...(behavior === null && spec.behavior ? [{ op: 'remove', path: '/spec/behavior' } as const] : []),
];

/** Sends every change as one that the cluster judges whole and does not keep. */
export const rehearsing =
  (patch: Patch): Patch =>
  (route, query, steps, signal) =>
    patch(route, { ...query, dryRun: 'All' }, steps, signal);

/** A dry run goes before each change, and may take any time: what allowed the change is looked at again after it. */
export const standing =
  (patch: Patch, grant: Pick<WriteGrant, 'assertStands'>): Patch =>
  async (route, query, steps, signal) => {
    if (query.dryRun === undefined) await grant.assertStands();
    return patch(route, query, steps, signal);
  };

/** Setting the version that was read makes the server refuse with 409 when there is another by now. */
const identity = ({ resourceVersion }: { resourceVersion: string }): PatchStep[] => [
  { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
];

/** The server took the change; an answer that cannot be read leaves open what it became. */
function done<T>(text: string, shape: import('zod').ZodType<T>): T {
  try {
    return readAs(text, shape);
  } catch (cause) {
    throw new ToolError('outcome_unknown', 'the cluster took the write and gave no readable answer', {
      cause,
    });
  }
}
