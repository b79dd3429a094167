import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../call/answer.ts';
import type { Pipeline } from '../call/pipeline.ts';
import type { Undo } from '../call/stages.ts';
import type { Lease } from '../store/leases.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import { dueChanges } from './due-changes.ts';
import type { Journal, JournalStep, Journals } from './journal.ts';
import { readVersion } from './look.ts';
import { componentOf, versionsAfter } from './plan-rollback.ts';
import type { WholeVersion } from './version.ts';
import type { Versions } from './versions.ts';

/** What a rollback needs, but for the hold on its place. */
export interface RollbackParts {
  readonly versions: Versions;
  readonly journals: Journals;
  readonly run: Pipeline;
  /** Puts a version's topology file back. Throws ToolError. */
  restoreTopology(version: number): Promise<void>;
  /** How long a step waits before it asks again when the write rate is used up, in milliseconds. */
  readonly waitMs?: number;
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
    const ended = await runStep(step, tried.has(nameOf(step)), keeper.now(), deps, options.signal);
    const done = await keeper.step({ ...bare(step), state: 'done', ...ended });
    options.onStep?.(done, keeper.done(), keeper.total());
    if (ended.result === 'failed') wave.isFine = false;
  }
}

const bare = ({ result: _result, detail: _detail, call: _call, ...step }: JournalStep): JournalStep => step;

type Ended = Pick<JournalStep, 'result' | 'detail' | 'call'>;

async function runStep(
  step: JournalStep,
  isResumed: boolean,
  journal: Journal,
  deps: ApplyDeps,
  signal: AbortSignal,
): Promise<Ended> {
  try {
    const version = await deps.versions.files.read(step.of);
    const undo = { ...(await undoOf(version, step, deps.versions)), isResumed };
    const answer = await callPatiently(version, undo, journal, deps, signal);
    return endOf(answer, step, isResumed);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'it failed for an unknown reason';
    return { result: 'failed', detail };
  }
}

/** What the step takes back: a write by its own image, a `revert` by the image of the write that it took back. */
async function undoOf(version: WholeVersion, { how, of }: JournalStep, { files }: Versions): Promise<Undo> {
  if (how === 'revert')
    return { kind: how, of, before: version.change?.before ?? null, after: version.after };
  const first = await files.read(version.change?.of ?? of);
  return { kind: how, of, before: first.change?.before ?? null, after: first.after };
}

async function callPatiently(
  version: WholeVersion,
  undo: Undo,
  journal: Journal,
  deps: ApplyDeps,
  signal: AbortSignal,
): Promise<Answer> {
  const { change } = version;
  if (!change) throw new ToolError('internal', `version ${version.number} was made by no write`);
  const principal = journal.principal === STACK_PRINCIPAL ? undefined : journal.principal;
  const args = { ...(change.args as object), target: change.target };
  for (;;) {
    const answer = await deps.run({
      principal,
      id: `${journal.id}/${undo.of}`,
      toolName: change.tool,
      args,
      signal,
      undo,
      via: journal.id,
      lease: deps.lease,
    });
    const isRate =
      answer.error?.code === 'write_refused' && answer.refusedRules?.join() === 'within write rate';
    if (!isRate) return answer;
    await sleep(deps.waitMs ?? 5_000, undefined, { signal });
  }
}

function endOf(answer: Answer, step: JournalStep, isResumed: boolean): Ended {
  const call = answer.callId;
  if (answer.outcome === 'ok') {
    const result =
      step.how === 'redo' || answer.structured?.result !== 'restored' ? 'restored_unverified' : 'restored';
    return { result, call };
  }
  const isThereAlready = answer.error?.code === (step.how === 'redo' ? 'conflict' : 'not_found');
  if (isThereAlready && isResumed)
    return {
      result: 'restored_unverified',
      call,
      detail: 'an earlier try was cut off, and what it touches is no longer as it was before: taken as done',
    };
  return { result: 'failed', call, detail: answer.error?.detail ?? answer.text };
}

/** The steps that were tried before and may be done: their process ended before the journal could say so. */
async function triedSteps({ to, steps }: Journal, versions: Versions): Promise<ReadonlySet<string>> {
  const later = steps.length > 0 ? await versionsAfter(versions, to) : [];
  const mayBeDone = later.filter(({ end }) => end?.outcome !== 'error');
  return new Set(mayBeDone.map(({ cause, change }) => nameOf({ how: cause, of: change?.of ?? 0 })));
}

const nameOf = ({ how, of }: { how: string; of: number }): string => `${how} ${of}`;

/** Versions of writes that came after the plan was made, and of an edit of the topology, so far as they stand. */
async function cameMeanwhile({ from, to, component }: Journal, versions: Versions): Promise<number[]> {
  const later = await versionsAfter(versions, from);
  const writes = dueChanges(later).filter(
    ({ cause, change }) =>
      cause === 'write' && (component === undefined || componentOf(change?.target) === component),
  );
  const target = await readVersion(versions, to);
  const edit = component === undefined ? later.find(({ cause }) => cause === 'topology') : undefined;
  const isOther = edit !== undefined && edit.topology_hash !== target.topology_hash;
  return [...(isOther ? [edit.number] : []), ...writes.map(({ number }) => number)].sort((a, b) => a - b);
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
  step(step: JournalStep): Promise<JournalStep>;
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
  return {
    now: () => journal,
    write,
    async step(step) {
      await write({ steps: journal.steps.map((one) => (one.of === step.of ? step : one)) });
      return step;
    },
    done: () => journal.steps.filter(({ state }) => state === 'done').length,
    total: () => journal.steps.length,
  };
}
