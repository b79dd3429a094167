import { assertDurable, type DurableIntent } from '../audit/intent.ts';
import { assertGrant } from '../gate/grant.ts';
import type { StackView } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { withDeadline } from './deadline.ts';
import type { CapturedWrite, Executed, OpenedRead } from './stages.ts';
import { type ResolveConnection, substituteArguments } from './substitute-arguments.ts';
import { contextOf } from './write-context.ts';

/** A read's result that nobody may see before its request record is durable. */
export interface Withheld {
  /** Hands out the result. Throws unless the intent is a real, durable one. */
  release(intent: DurableIntent): Executed;
}

/** Runs a read under its deadline. Its request record may still be on its way. */
export async function executeRead(
  call: OpenedRead,
  deps: { stack: StackView; resolve: ResolveConnection },
): Promise<Withheld> {
  const output = await withDeadline(
    call,
    (why) => why,
    async (signal) =>
      call.tool.run(
        {
          client: call.client,
          target: call.at.target,
          signal,
          limits: call.limits,
          principal: call.catalog.principal,
          stack: deps.stack,
          ...(call.peer ? { session: call.peer } : {}),
        },
        await substituteArguments(call, deps.resolve),
      ),
  );
  const withheld: Withheld = {
    release(intent) {
      assertDurable(intent);
      if (intent.call !== call.callId) throw new TypeError('this intent belongs to another call');
      return { output };
    },
  };
  return withheld;
}

/**
 * Runs a granted write under its deadline, once. The grant is spent here.
 *
 * A tool that knows that nothing happened says so with a ToolError. Anything else that ends a write early leaves
 * its outcome unknown, and is reported as that.
 */
export async function executeWrite(
  call: CapturedWrite,
  deps: { stack: StackView; resolve: ResolveConnection; onInternal(error: unknown): void },
): Promise<Executed> {
  assertDurable(call.intent);
  assertGrant(call.grant, call.callId);
  const stopped = (why: ToolError) => unknownOutcome(why.detail);
  try {
    const output = await withDeadline(call, stopped, async (signal) =>
      runOf(call)(
        { ...contextOf(call, deps.stack, signal), recordAfter: (after) => call.change.recordAfter(after) },
        await substituteArguments(call, deps.resolve),
      ),
    );
    return { output };
  } catch (error) {
    if (error instanceof ToolError) throw error;
    deps.onInternal(error);
    throw unknownOutcome('the write failed in an unforeseen way');
  }
}

/** What a call runs: its tool, or the tool's way back for a step that takes a write back. */
function runOf({ tool, undo }: CapturedWrite): CapturedWrite['tool']['run'] {
  if (undo?.kind !== 'revert') return tool.run;
  const { effect } = tool;
  if (effect.irreversible !== undefined) {
    throw new ToolError('conflict', `version ${undo.of} cannot be taken back: ${effect.irreversible}`);
  }
  return async (context, args) => {
    await effect.revert(context, { args, before: undo.before, after: undo.after });
    return {};
  };
}

const unknownOutcome = (why: string) =>
  new ToolError(
    'outcome_unknown',
    `${why}, and whether the write happened is not known; look before doing it again`,
  );
