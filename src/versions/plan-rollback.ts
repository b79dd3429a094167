import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Catalog } from '../toolset/catalog.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type {
  NotReversible,
  PlanOptions,
  ResourceDiff,
  RollbackPlan,
  RollbackStep,
} from '../toolset/versions-view.ts';
import type { Graph } from '../topology/graph.ts';
import { dueChanges } from './due-changes.ts';
import { listVersions, readVersion, topologyOf } from './look.ts';
import { offers, type Prechecked } from './precheck.ts';
import { reconcilersInTheWay } from './reconcilers.ts';
import { sightOf } from './sight.ts';
import type { WholeVersion } from './version.ts';
import type { Versions } from './versions.ts';

/** How long a write may take, past its deadline, to come to its end. */
const GRACE_MS = 5_000;

export interface Planning extends PlanOptions {
  /** With a component, the topology stays as it is. */
  readonly to: number;
  /** What the one who asks may do: steps that it could not make are obstacles. */
  readonly catalog: Catalog;
  readonly drift: readonly ResourceDiff[];
  /** Tries steps without changing anything. */
  precheck(steps: readonly RollbackStep[]): Promise<Prechecked>;
}

/**
 * What a rollback to a version would do: every write after it, newest first, is taken back; what an earlier rollback
 * took back after it is made again; a write and its taking back that both came after it leave nothing to do.
 * Throws ToolError('not_found') for a version that is not kept or a component that is not known, and
 * ToolError('not_linked') where it would take back what the principal is not told of.
 */
export async function planRollback(versions: Versions, options: Planning): Promise<RollbackPlan> {
  const { catalog, drift, to, component, pause_reconcilers: isConsented = false } = options;
  await readVersion(versions, to);
  const later = await versionsAfter(versions, to);
  const from = later[0]?.number ?? to;
  const due = dueChanges(later).filter(
    ({ change }) => component === undefined || componentOf(change?.target) === component,
  );
  assertKnown(component, due.length, catalog);
  assertSeen(due, catalog);
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
  for (const { number, note = '' } of later.filter(({ cause }) => cause === 'lost'))
    stuck.push({ of: number, tool: '', target: '', resources: [], why: `its record is lost (${note})` });
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
    pause_reconcilers: isConsented,
  };
  const found = await options.precheck(plan.steps);
  // What changes by itself, or does not change what is done, is told and not bound: it would make every approval void.
  const { drift: _drift, from: _from, ...done } = plan;
  const pauses = isConsented ? found.reconcilers.map(({ of, name, pause }) => [of, name, pause ?? null]) : [];
  const bound = { ...done, pauses, replaces: isTopology ? catalog.graph.hash : null };
  const digest = createHash('sha256')
    .update(canonicalize(bound) ?? '')
    .digest('hex');
  const obstacles = [
    ...obstaclesTo(plan, catalog),
    ...due.flatMap((one) => stillRuns(one, catalog)),
    ...reconcilersInTheWay(found.reconcilers, { isConsented, catalog }),
    ...found.obstacles,
  ];
  return {
    ...plan,
    reconcilers: [...found.reconcilers],
    digest,
    obstacles,
    untried: [...found.untried],
  };
}

/** Every version after one, newest first. */
export async function versionsAfter(versions: Versions, to: number): Promise<readonly WholeVersion[]> {
  const after = await versions.files.numbers({ from: to + 1 });
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

const nameOf = ({ number, change }: WholeVersion) => ({
  of: number,
  tool: change?.tool ?? '',
  target: change?.target ?? '',
  resources: change?.resources ?? [],
});

export const componentOf = (target = ''): string => target.split('/')[0] ?? '';

function assertKnown(component: string | undefined, due: number, { graph }: Catalog): void {
  if (component === undefined || due > 0 || graph.components.has(component)) return;
  throw new ToolError('not_found', `there is no component ${component}; stack_components lists them`);
}

function assertSeen(due: readonly WholeVersion[], catalog: Catalog): void {
  const sight = sightOf(catalog);
  const hidden = due.filter(({ change }) => change && !sight.write(change)).length;
  if (hidden > 0)
    throw new ToolError(
      'not_linked',
      `it would take back ${hidden} writes to what no link of ${catalog.principal} reaches whole; name a component, or ask an operator`,
    );
}

/** What the principal's catalog of now does not let it do. */
function obstaclesTo(
  { steps, topology }: Pick<RollbackPlan, 'steps' | 'topology'>,
  catalog: Catalog,
): string[] {
  const { principal } = catalog;
  // An agent that could put the file back could draw itself the links that it had once.
  const topologyOfOthers =
    topology && principal !== STACK_PRINCIPAL
      ? ['the topology file differs, and only an operator puts it back; name a component']
      : [];
  const missing = steps
    .filter(({ tool, target }) => !offers(catalog, tool, target))
    .map(
      ({ of, tool, target }) =>
        `version ${of}: ${principal} does not have ${tool} on ${target} now; stack_explain_access says why`,
    );
  return [...topologyOfOthers, ...missing];
}

/** A write without an end that may still take effect: taken back now, it could come after its own undoing. */
function stillRuns(
  { number, cause, time, change, end }: WholeVersion,
  { tools, pausers }: Catalog,
): string[] {
  const tool = change?.tool ?? '';
  const deadline = (tools.get(tool) ?? pausers.get(tool))?.service.limits.deadlineMs;
  if (end || cause !== 'write' || deadline === undefined) return [];
  const until = Date.parse(time) + deadline + GRACE_MS;
  return Date.now() < until
    ? [
        `version ${number}: ${change?.tool} still runs or was cut off; plan again after ${new Date(until).toISOString()}`,
      ]
    : [];
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
