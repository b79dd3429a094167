import type { Captured } from '../call/changes.ts';
import type { Pipeline } from '../call/pipeline.ts';
import type { Stores } from '../store/stores.ts';
import type { Catalog } from '../toolset/catalog.ts';
import type { JsonValue } from '../toolset/define.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { ServiceSource } from '../toolset/service-source.ts';
import type { PlanOptions, RollbackPlan, RollbackStep, StackDiff } from '../toolset/versions-view.ts';
import { captureComponents } from './capture-component.ts';
import { limitCaptures } from './capture-rate.ts';
import { openJournals } from './journal.ts';
import { type Keeper, openKeeper, type Pruned, prune } from './keep.ts';
import { driftFrom, readVersion, topologyOf } from './look.ts';
import { componentOf, planRollback } from './plan-rollback.ts';
import { type Prechecked, precheck, precheckPauses } from './precheck.ts';
import { type Repaired, repairVersions } from './repair.ts';
import { openRollbacks, type Rollbacks } from './rollback.ts';
import type { Version } from './version.ts';
import type { Versions } from './versions.ts';

export interface HistoryDeps {
  readonly stores: Stores;
  readonly versions: Versions;
  readonly run: Pipeline;
  readonly services: ServiceSource;
  /** The catalog of a principal at this moment. */
  catalog(principal: string): Catalog;
  recordEvent(event: string, principal: string, detail: JsonValue): Promise<void>;
  /** Puts the text of another topology in force. Throws ToolError('conflict'). */
  putTopology(text: string): Promise<void>;
}

/** The versions of a running stack, and the ways back through them. */
export interface History {
  readonly versions: Versions;
  readonly rollbacks: Rollbacks;
  readonly keeper: Keeper;
  /** Removes versions before one, as far as nothing that is kept needs them. */
  prune(before: number, options: { dryRun: boolean }): Promise<Pruned>;
  /** Sets damaged versions aside and makes a new beginning, so that writes are taken again. */
  repair(by: string, options: { dryRun: boolean }): Promise<Repaired & { readonly snapshot?: number }>;
  /** Reads the configuration of one component. Never throws: what it misses it says. */
  capture(component: string): Promise<Captured>;
  captureAll(): Promise<Captured>;
  /** Captures every linked component into a new version. */
  snapshot(by: string, note?: string): Promise<{ version: Version; captured: Captured }>;
  /** Counts a capture of everything that a principal asked for. Throws ToolError('rate_limited'). */
  countCapture(principal: string): void;
  /** A version for the topology that is in force, unless the latest has it already. */
  recordTopology(by: string, note?: string): Promise<void>;
  /** What differs between the latest version and the stack as it is. */
  drift(): Promise<StackDiff>;
  /** Plans, and tries each step without changing anything. */
  plan(principal: string, to: number, options?: PlanOptions): Promise<RollbackPlan>;
}

export function openHistory(deps: HistoryDeps): History {
  const { versions, run, stores } = deps;
  const everything = () => deps.catalog(STACK_PRINCIPAL);
  const capture = (names: Iterable<string>) => captureComponents(names, { run, catalog: everything });
  const whole = shared(() => capture(everything().reach.keys()));
  const captureAll = () => whole('all');
  const captureOne = shared((component) => capture([component]));

  const recordTopology = async (by: string, note?: string) => {
    const latest = await versions.latest();
    if (latest?.topology_hash === everything().graph.hash) return;
    await versions.record({ cause: 'topology', by, ...(note === undefined ? {} : { note }) });
  };
  const snapshot = async (by: string, note?: string) => {
    const captured = await captureAll();
    const version = await versions.record(
      { cause: 'snapshot', by, ...(note === undefined ? {} : { note }) },
      captured,
    );
    return { version, captured };
  };
  const drift = async () => {
    const latest = await versions.latest();
    const graph = everything().graph;
    if (!latest) return { from: 0, topology: [], resources: [], secrets: [], unknown: {} };
    return driftFrom(versions, latest, { captured: await captureAll(), topology: graph.text });
  };
  const plan = async (principal: string, to: number, options: PlanOptions = {}) => {
    const { resources } = await drift();
    const catalog = deps.catalog(principal);
    return planRollback(versions, {
      ...options,
      to,
      catalog,
      drift: resources,
      precheck: (steps) => prechecked(steps, catalog, options.pause_reconcilers === true),
    });
  };
  const prechecked = async (
    steps: readonly RollbackStep[],
    catalog: Catalog,
    isConsented: boolean,
  ): Promise<Prechecked> => {
    const silent = await unreadable(steps);
    // What does not even answer is not asked once more for each step.
    const open = steps.filter(({ component }) => !silent.has(component));
    const { obstacles, untried, reconcilers } = await precheck(open, { versions, run, catalog });
    const held = isConsented ? await precheckPauses(reconcilers, { versions, run, catalog }) : [];
    return { obstacles: [...silent.values(), ...obstacles, ...held], untried, reconcilers };
  };
  /** Components that a plan would change and that do not answer now: better found before the first change. */
  const unreadable = async (steps: readonly RollbackStep[]): Promise<ReadonlyMap<string, string>> => {
    const captured = await capture(new Set(steps.map(({ target }) => componentOf(target))));
    return new Map(
      [...captured].flatMap(([name, one]) =>
        'missed' in one ? [[name, `${name} cannot be read now: ${one.missed}`]] : [],
      ),
    );
  };
  const restoreTopology = async (number: number) => {
    await deps.putTopology(await topologyOf(versions, await readVersion(versions, number)));
    await recordTopology('rollback', `put back from version ${number}`);
  };
  const journals = openJournals(stores.documents('rollbacks'));
  const keeper = openKeeper(stores, versions);
  return {
    versions,
    keeper,
    async prune(before, { dryRun }) {
      const needed = new Map(await keeper.list());
      const open = await journals.open();
      if (open) needed.set(open.to, `the rollback ${open.id} goes there`);
      const pruned = await prune(versions, { before, needed, dryRun });
      if (!dryRun)
        await deps.recordEvent('versions_pruned', STACK_PRINCIPAL, {
          before,
          first: pruned.first,
          versions: pruned.versions.length,
        });
      return pruned;
    },
    async repair(by, { dryRun }) {
      const found = await repairVersions(versions, { dryRun: true });
      if (dryRun || found.lost.length + found.poorer.length === 0) return found;
      const numbers = found.lost.map(({ version }) => version);
      await deps.recordEvent('versions_repair_begun', STACK_PRINCIPAL, { by, lost: numbers });
      const repaired = await repairVersions(versions, { dryRun });
      const captured = await captureAll();
      const made = { cause: 'snapshot', by, note: 'after a repair' } as const;
      const { number } = await versions.record(made, captured, { afresh: true });
      await deps.recordEvent('versions_repaired', STACK_PRINCIPAL, {
        by,
        lost: repaired.lost.map(({ version, what, kept }) => ({ version, what, kept: [...kept] })),
        poorer: repaired.poorer.map(({ version, object = '' }) => ({ version, object })),
        snapshot: number,
      });
      return { ...repaired, snapshot: number };
    },
    countCapture: limitCaptures(),
    capture: captureOne,
    captureAll,
    snapshot,
    recordTopology,
    drift,
    plan,
    rollbacks: openRollbacks({
      leases: stores.leases,
      versions,
      run,
      recordEvent: deps.recordEvent,
      journals,
      restoreTopology,
      plan,
      snapshot: async (by, note) => (await snapshot(by, note)).version,
    }),
  };
}

/**
 * Lets writes to one component share captures: while one runs, all that ask wait for the next, which begins after
 * each of them has written. Many writes at once then cost two captures, and not one each.
 */
function shared(capture: (component: string) => Promise<Captured>): (component: string) => Promise<Captured> {
  const running = new Map<string, Promise<Captured>>();
  const waiting = new Map<string, Promise<Captured>>();
  const begin = (component: string): Promise<Captured> => {
    waiting.delete(component);
    const done = capture(component).finally(() => {
      if (running.get(component) === done) running.delete(component);
    });
    running.set(component, done);
    return done;
  };
  return (component) => {
    const now = running.get(component);
    if (!now) return begin(component);
    const next = waiting.get(component) ?? now.then(() => begin(component));
    waiting.set(component, next);
    return next;
  };
}
