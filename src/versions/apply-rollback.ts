import type { Lease } from '../store/leases.ts';
import { type Ended, holdStill, runStep, type StepDeps } from './apply-step.ts';
import { dueChanges } from './due-changes.ts';
import type { Journal, JournalStep, Journals } from './journal.ts';
import { readVersion } from './look.ts';
import { componentOf, versionsAfter } from './plan-rollback.ts';
import { isPauseOf } from './reconcilers.ts';
import type { Versions } from './versions.ts';

/** What a rollback needs, but for the hold on its place. */
export interface RollbackParts extends Omit<StepDeps, 'lease'> {
  readonly journals: Journals;
  /** Puts a version's topology file back. Throws ToolError. */
  restoreTopology(version: number): Promise<void>;
}

export interface ApplyDeps extends RollbackParts {
  /** The place for a rollback: no step begins, and nothing is journalled, without it. */
  readonly lease: Lease;
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  /** Told of each step as it begins and ends. */
  onStep?(step: JournalStep, done: number, total: number): void;
}

/**
 * Carries a journal out, or on from where it stopped: wave by wave, within a wave the components side by side, within
 * a component newest first. It stops after a step that failed; those that run are let end. What is restored was read
 * back. Never throws for a step: the journal says what became of each. Throws LeaseLost once somebody else may go on.
 */
export async function applyRollback(
  journal: Journal,
  deps: ApplyDeps,
  options: ApplyOptions,
): Promise<Journal> {
  const keeper = keepJournal(journal, deps);
  const tried = await triedSteps(journal, deps.versions);
  for (const number of [...new Set(journal.steps.map((step) => step.wave))].sort((a, b) => a - b)) {
    const steps = keeper.now().steps.filter((step) => step.wave === number && !isBack(step));
    const components = byComponent(steps);
    const wave = { isFine: true };
    await Promise.all(
      [...components.values()].map((own) => inOrder(own, { wave, tried }, keeper, deps, options)),
    );
    if (!wave.isFine) return keeper.now();
  }
  if (keeper.now().topology === 'waiting' || keeper.now().topology === 'failed')
    await restoreTopology(keeper, deps);
  if (keeper.now().topology !== 'failed') {
    const meanwhile = await cameMeanwhile(keeper.now(), deps.versions);
    await keeper.write({ ended: new Date().toISOString(), ...(meanwhile.length > 0 ? { meanwhile } : {}) });
  }
  return keeper.now();
}

function byComponent(steps: readonly JournalStep[]): Map<string, JournalStep[]> {
  const groups = new Map<string, JournalStep[]>();
  for (const step of steps) groups.set(step.component, [...(groups.get(step.component) ?? []), step]);
  return groups;
}

const isBack = ({ state, result }: JournalStep): boolean => state === 'done' && result !== 'failed';

/** The steps of one component, one after the other, until one fails in it or beside it. */
async function inOrder(
  steps: readonly JournalStep[],
  { wave, tried }: { wave: { isFine: boolean }; tried: ReadonlySet<string> },
  keeper: Keeper,
  deps: ApplyDeps,
  options: ApplyOptions,
): Promise<void> {
  for (const step of [...steps].sort((a, b) => b.of - a.of)) {
    if (options.signal.aborted) wave.isFine = false;
    if (!wave.isFine) return;
    await deps.lease.assertHeld();
    const running = await keeper.step({ ...bare(step), state: 'running' });
    options.onStep?.(running, keeper.done(), keeper.total());
    const ended = await pauseAndRun(running, tried.has(nameOf(step)), keeper, deps, options.signal);
    const done = await keeper.step({ ...bare(keeper.of(step)), state: 'done', ...ended });
    options.onStep?.(done, keeper.done(), keeper.total());
    if (ended.result === 'failed') wave.isFine = false;
  }
}

/** Holds still what would undo a step, and makes it. What is held still stays so, whatever becomes of the step. */
async function pauseAndRun(
  step: JournalStep,
  isResumed: boolean,
  keeper: Keeper,
  deps: ApplyDeps,
  signal: AbortSignal,
): Promise<Ended> {
  for (const [index, pause] of (step.pauses ?? []).entries()) {
    if (pause.held === 'paused') continue;
    await keeper.pause(step, index, 'begun');
    const failed = await holdStill(pause, step, { journal: keeper.now(), deps, signal });
    if (failed !== undefined) return { result: 'failed', detail: failed };
    await keeper.pause(step, index, 'paused');
  }
  return runStep(step, { isResumed, journal: keeper.now() }, deps, signal);
}

const bare = ({ result: _result, detail: _detail, call: _call, ...step }: JournalStep): JournalStep => step;

/** The steps that were tried before and may be done: their process ended before the journal could say so. */
async function triedSteps({ to, steps }: Journal, versions: Versions): Promise<ReadonlySet<string>> {
  const later = steps.length > 0 ? await versionsAfter(versions, to) : [];
  const mayBeDone = later.filter(({ end }) => end?.outcome !== 'error');
  return new Set(mayBeDone.map(({ cause, change }) => nameOf({ how: cause, of: change?.of ?? 0 })));
}

const nameOf = ({ how, of }: { how: string; of: number }): string => `${how} ${of}`;

/** Versions of writes that came after the plan was made, and of an edit of the topology, so far as they stand. */
async function cameMeanwhile(journal: Journal, versions: Versions): Promise<number[]> {
  const { from, to, component } = journal;
  const later = await versionsAfter(versions, from);
  const writes = dueChanges(later).filter(
    ({ cause, change }) =>
      cause === 'write' && (component === undefined || componentOf(change?.target) === component),
  );
  const own = writes.filter((version) => !isPauseOf(journal, version));
  const target = await readVersion(versions, to);
  const edit = component === undefined ? later.find(({ cause }) => cause === 'topology') : undefined;
  const isOther = edit !== undefined && edit.topology_hash !== target.topology_hash;
  return [...(isOther ? [edit.number] : []), ...own.map(({ number }) => number)].sort((a, b) => a - b);
}

async function restoreTopology(keeper: Keeper, deps: ApplyDeps): Promise<void> {
  try {
    await deps.restoreTopology(keeper.now().to);
    await keeper.write({ topology: 'restored' });
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'the file could not be put back';
    await keeper.write({ topology: 'failed', topology_detail: detail });
  }
}

interface Keeper {
  now(): Journal;
  write(change: Partial<Journal>): Promise<void>;
  /** A step as it stands now. */
  of(step: JournalStep): JournalStep;
  step(step: JournalStep): Promise<JournalStep>;
  /** Says how far one of a step's reconcilers is held still. */
  pause(step: JournalStep, index: number, held: 'begun' | 'paused'): Promise<void>;
  done(): number;
  total(): number;
}

/** Writes the journal whole at each change, one after the other. */
function keepJournal(first: Journal, { journals, lease }: Pick<ApplyDeps, 'journals' | 'lease'>): Keeper {
  let journal = first;
  let tail: Promise<void> = Promise.resolve();
  const write = (change: Partial<Journal>) => {
    journal = { ...journal, ...change };
    const whole = journal;
    tail = tail.then(() => journals.write(whole, { lease }));
    return tail;
  };
  const stepOf = ({ of }: JournalStep, change: (step: JournalStep) => JournalStep) =>
    write({ steps: journal.steps.map((one) => (one.of === of ? change(one) : one)) });
  return {
    now: () => journal,
    write,
    of: (step) => journal.steps.find(({ of }) => of === step.of) ?? step,
    async step(step) {
      await stepOf(step, () => step);
      return step;
    },
    pause: (step, at, held) =>
      stepOf(step, (one) => ({
        ...one,
        pauses: (one.pauses ?? []).map((pause, index) => (index === at ? { ...pause, held } : pause)),
      })),
    done: () => journal.steps.filter(({ state }) => state === 'done').length,
    total: () => journal.steps.length,
  };
}
