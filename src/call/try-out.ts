import { z } from 'zod';
import type {
  JsonValue,
  Opened,
  ReadContext,
  Reconciler,
  Rehearsal,
  ServiceTypes,
  StackView,
  WriteContext,
} from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { TrialEnd } from '../toolset/trial-end.ts';
import { assertUntouched, imageOf, isAsBefore } from './capture.ts';
import { withDeadline } from './deadline.ts';
import type { Executed, RecordedTrial, Undo } from './stages.ts';
import { type ResolveConnection, substituteArguments } from './substitute-arguments.ts';

const Json: z.ZodType<JsonValue> = z.json();

/** What a trial of one step of a rollback found. */
export const TrialResult = z.strictObject({
  obstacles: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
  /** What could not be found out, though the target answered. */
  untried: z.array(z.string()),
  reconcilers: z.array(
    z.strictObject({
      name: z.string(),
      does: z.string(),
      pause: z
        .strictObject({ tool: z.string(), args: z.record(z.string(), Json), state: z.string() })
        .exactOptional(),
    }),
  ),
  /** Whether the step itself was tried on the target, as far as that can, and not only what it needs. */
  rehearsed: z.boolean(),
});
export type TrialResult = z.output<typeof TrialResult>;

export interface TrialDeps {
  readonly stack: StackView;
  readonly resolve: ResolveConnection;
  openReader(): Promise<object>;
  /** Undefined where the service has no session on which nothing lasts. Ends with the call's deadline. */
  openRehearsal(): Promise<Rehearsal<object> | undefined>;
  close(session: Opened<object>): Promise<void>;
}

/**
 * Finds out whether a step could be done now, and changes nothing: first what the tool reads of it, then, where the
 * service can, the step itself on a session of which nothing lasts. What a reconciler would undo is not rehearsed,
 * since it is refused until that is held still. Throws ToolError where it cannot be found out.
 */
export async function tryOut(call: RecordedTrial, deps: TrialDeps): Promise<Executed> {
  const { found, untried, reconcilers } = await readAhead(call, deps);
  const rehearsal =
    found.length + reconcilers.length > 0
      ? { rehearsed: false, obstacles: [] }
      : await withinRehearsal(call, deps);
  const { rehearsed } = rehearsal;
  return { output: { obstacles: [...found, ...rehearsal.obstacles], untried, reconcilers, rehearsed } };
}

type Obstacles = TrialResult['obstacles'];

interface Ahead {
  readonly found: Obstacles;
  readonly untried: readonly string[];
  readonly reconcilers: readonly Reconciler[];
}

async function readAhead(call: RecordedTrial, deps: TrialDeps): Promise<Ahead> {
  const { tool, undo, params } = call;
  if (!undo || tool.effect.irreversible !== undefined || !tool.effect.precheck)
    return { found: [], untried: [], reconcilers: [] };
  const { precheck } = tool.effect;
  const step = { args: params, before: undo.before, after: undo.after, how: undo.kind };
  try {
    const {
      obstacles = [],
      untried = [],
      reconcilers = [],
    } = await inTime(call, async (signal) =>
      precheck({ ...contextOf(call, deps, signal), client: await deps.openReader() }, step),
    );
    return { found: obstacles.map((detail) => ({ code: 'precheck', detail })), untried, reconcilers };
  } catch (error) {
    return { found: [obstacleOf(error)], untried: [], reconcilers: [] };
  }
}

/** What the target said to a trial. Throws what says nothing of the step: that the trial came to no end, or how is not known. */
function obstacleOf(error: unknown): Obstacles[number] {
  const isOfTheStep = error instanceof ToolError && error.code !== 'timeout' && error.code !== 'cancelled';
  if (!isOfTheStep) throw error;
  return { code: error.code, detail: error.detail };
}

type Tried = Pick<TrialResult, 'rehearsed' | 'obstacles'>;

async function withinRehearsal(call: RecordedTrial, deps: TrialDeps): Promise<Tried> {
  const session = await deps.openRehearsal();
  if (!session) return { rehearsed: false, obstacles: [] };
  try {
    await inTime(call, (signal) => rehearse({ ...call, session }, deps, signal));
    return { rehearsed: true, obstacles: [] };
  } catch (error) {
    if (error instanceof TrialEnd) return { rehearsed: true, obstacles: [] };
    return { rehearsed: true, obstacles: [obstacleOf(error)] };
  } finally {
    await deps.close(session);
  }
}

async function rehearse(
  call: RecordedTrial & { readonly session: Rehearsal<object> },
  deps: TrialDeps,
  signal: AbortSignal,
): Promise<void> {
  const { tool, undo } = call;
  const context: WriteContext<ServiceTypes> = {
    ...contextOf(call, deps, signal),
    client: call.session.client,
    grant: call.grant,
    recordAfter: async () => {},
  };
  if (undo?.kind === 'redo') {
    await assertUntouched(call, undo, await imageOf(call, deps.stack), deps.stack);
    // Elsewhere it would use up what no rollback gives back, so that it finds what it found is enough.
    if (!call.session.triesAgain) return;
  }
  const args = await substituteArguments(call, deps.resolve);
  if (undo?.kind === 'redo') await tool.run({ ...context, again: undo }, args);
  else if (!undo) await tool.run(context, args);
  else if (tool.effect.irreversible === undefined)
    await tool.effect
      .revert(context, { args, before: undo.before, after: undo.after })
      .catch((error: unknown) => unlessNothingWasDone(error, { ...call, undo }, deps.stack));
}

/** A write that may not have happened at all has nothing to take back, where everything is as it was before it. */
async function unlessNothingWasDone(
  error: unknown,
  call: RecordedTrial & { readonly session: Opened<object>; readonly undo: Undo },
  stack: StackView,
): Promise<void> {
  const isConflict = error instanceof ToolError && error.code === 'conflict';
  if (isConflict && call.undo.isResumed && (await isAsBefore(call, call.undo, stack))) return;
  throw error;
}

const inTime = <T>(call: RecordedTrial, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  withDeadline(call, (why) => why, work);

const contextOf = (
  { at, limits, catalog }: RecordedTrial,
  { stack }: TrialDeps,
  signal: AbortSignal,
): Omit<ReadContext<ServiceTypes>, 'client'> => ({
  target: at.target,
  signal,
  limits,
  principal: catalog.principal,
  stack,
});
