import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Catalog } from '../toolset/catalog.ts';
import { ToolError } from '../toolset/errors.ts';
import type { NotReversible, ResourceDiff, RollbackPlan, RollbackStep } from '../toolset/versions-view.ts';
import type { Graph } from '../topology/graph.ts';
import { listVersions, readVersion, topologyOf } from './look.ts';
import type { WholeVersion } from './version.ts';
import type { Versions } from './versions.ts';

export interface PlanOptions {
  readonly to: number;
  /** Only the writes to this component; the topology then stays as it is. */
  readonly component?: string;
  /** What the one who asks may do: steps that it could not make are obstacles. */
  readonly catalog: Catalog;
  readonly drift: readonly ResourceDiff[];
}

/**
 * What a rollback to a version would do: every write after it, newest first, is taken back; what an earlier rollback
 * took back after it is made again; a write and its taking back that both came after it leave nothing to do.
 * Throws ToolError('not_found') for a version that is not kept.
 */
export async function planRollback(versions: Versions, options: PlanOptions): Promise<RollbackPlan> {
  const { to, component, catalog, drift } = options;
  await readVersion(versions, to);
  const later = await versionsAfter(versions, to);
  const from = later[0]?.number ?? to;
  const due = dueChanges(later).filter(
    ({ change }) => component === undefined || componentOf(change?.target) === component,
  );
  const steps: RollbackStep[] = [];
  const stuck: NotReversible[] = [];
  const waves = wavesOf(catalog.graph);
  for (const version of due) {
    const wave = waves.get(componentOf(version.change?.target)) ?? 0;
    const why = version.change?.irreversible;
    if (why !== undefined) stuck.push({ ...nameOf(version), why });
    else
      steps.push({
        ...nameOf(version),
        how: version.cause === 'revert' ? 'redo' : 'revert',
        component: componentOf(version.change?.target),
        wave,
      });
  }
  const isTopology =
    component === undefined &&
    (await topologyOf(versions, await readVersion(versions, to))) !== catalog.graph.text;
  const plan = {
    to,
    from,
    ...(component === undefined ? {} : { component }),
    steps: steps.sort((a, b) => a.wave - b.wave || b.of - a.of),
    not_reversible: stuck,
    topology: isTopology,
    drift: drift.filter((one) => component === undefined || one.component === component),
  };
  // Drift is told and not bound: what changes by itself would else make every approval void.
  const { drift: _told, ...bound } = plan;
  const digest = createHash('sha256')
    .update(canonicalize(bound) ?? '')
    .digest('hex');
  return { ...plan, digest, obstacles: obstaclesTo(plan.steps, catalog) };
}

/** Every version after one, newest first. */
async function versionsAfter(versions: Versions, to: number): Promise<readonly WholeVersion[]> {
  const after = (await versions.files.numbers()).filter((number) => number > to);
  const latest = after.at(-1) ?? to;
  // An old version may stay for its image alone, when what came after it was pruned.
  if (after.length !== latest - to) {
    const missing = Array.from({ length: latest - to }, (_, n) => to + 1 + n).find(
      (number) => !after.includes(number),
    );
    throw new ToolError(
      'not_found',
      `version ${missing} was pruned, so the stack cannot be rolled back to ${to}; choose a later one`,
    );
  }
  return after.length === 0 ? [] : listVersions(versions, { limit: after.length });
}

/**
 * The changes whose effect still stands, newest first.
 *
 * A `revert` and the write that it took back leave nothing when both came later. A `redo` is a write of its own, with
 * its own image; where the write that it repeats came later too, it stands for it, and else it undoes its `revert`.
 */
function dueChanges(later: readonly WholeVersion[]): readonly WholeVersion[] {
  const byNumber = new Map(later.map((version) => [version.number, version]));
  const cancelled = new Set<number>();
  const due: WholeVersion[] = [];
  for (const version of later) {
    const { change, cause, number } = version;
    if (!change || cancelled.has(number) || hadNoEffect(version)) continue;
    const taken = change.of === undefined ? undefined : byNumber.get(change.of);
    if (taken && !cancelled.has(taken.number)) {
      cancelled.add(taken.number);
      const repeated = taken.change?.of;
      if (cause === 'revert' || repeated === undefined || !byNumber.has(repeated)) continue;
      cancelled.add(repeated);
    }
    due.push(version);
  }
  return due;
}

/** A write that is known to have failed before it changed anything. */
const hadNoEffect = ({ end }: WholeVersion): boolean => end?.outcome === 'error';

const nameOf = ({ number, change }: WholeVersion) => ({
  of: number,
  tool: change?.tool ?? '',
  target: change?.target ?? '',
  resources: change?.resources ?? [],
});

export const componentOf = (target = ''): string => target.split('/')[0] ?? '';

/** What the principal's catalog of now does not let it do. */
function obstaclesTo(steps: readonly RollbackStep[], catalog: Catalog): string[] {
  return steps
    .filter(({ tool, target }) => !catalog.tools.get(tool)?.targets.has(target))
    .map(
      ({ of, tool, target }) =>
        `version ${of}: ${catalog.principal} does not have ${tool} on ${target} now; stack_explain_access says why`,
    );
}

/**
 * The wave of each component: who uses others goes before what it uses, so that nothing is put back under something
 * that still stands on the newer state. Components of a cycle come last, together.
 */
export function wavesOf({ components, links }: Graph): ReadonlyMap<string, number> {
  const uses = new Map<string, Set<string>>();
  for (const { from, to } of links) uses.set(from, (uses.get(from) ?? new Set()).add(to));
  const users = new Map([...components.keys()].map((name) => [name, 0]));
  for (const used of uses.values()) for (const name of used) users.set(name, (users.get(name) ?? 0) + 1);
  const waves = new Map<string, number>();
  let edge = [...users].filter(([, count]) => count === 0).map(([name]) => name);
  let wave = 0;
  for (; edge.length > 0; wave++) {
    const next: string[] = [];
    for (const name of edge) {
      waves.set(name, wave);
      for (const used of uses.get(name) ?? []) {
        const left = (users.get(used) ?? 0) - 1;
        users.set(used, left);
        if (left === 0) next.push(used);
      }
    }
    edge = next;
  }
  for (const name of components.keys()) if (!waves.has(name)) waves.set(name, wave);
  return waves;
}

/** The plan is carried out only while it is the one that was seen. Throws ToolError('conflict'). */
export function assertSamePlan(plan: RollbackPlan, digest: string): void {
  if (plan.digest !== digest)
    throw new ToolError(
      'conflict',
      'the stack changed since the rollback was planned; plan it again and look at what it does now',
    );
}
