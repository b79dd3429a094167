import { isDeepStrictEqual } from 'node:util';
import type { JsonValue, StackView } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { ChangeEntry, Changes, NewChange } from './changes.ts';
import { withDeadline } from './deadline.ts';
import type { CapturedWrite, OpenedWrite, Undo } from './stages.ts';
import { contextOf } from './write-context.ts';

/** A write, or a trial of one, with the session to look through. */
type Looking = Omit<OpenedWrite, 'kind'>;

/** Reads what the write will touch and makes it durable: no before-image, no write. */
export async function captureBefore(
  call: OpenedWrite,
  deps: { changes: Changes; stack: StackView },
): Promise<CapturedWrite> {
  const { effect } = call.tool;
  const { undo, tool, at, scope } = call;
  // What a relaying tool does are the calls that it makes, each with a version of its own.
  if (tool.relays) return { ...call, change: noVersion(deps.changes) };
  // A step that takes a write back is taken back by making the call again, for which the write's own image is kept.
  const before = undo?.kind === 'revert' ? null : await imageOf(call, deps.stack);
  if (undo?.kind === 'redo') await assertUntouched(call, undo, before, deps.stack);
  const change = await beginChange(deps.changes, {
    cause: undo?.kind ?? 'write',
    call: call.callId,
    seq: call.intent.seq,
    principal: call.catalog.principal,
    tool: tool.name,
    target: at.target.name,
    resources: [...scope.resources],
    args: call.params as JsonValue,
    before,
    ...(effect.irreversible === undefined ? {} : { irreversible: scope.irreversible ?? effect.irreversible }),
    ...(undo ? { of: undo.of } : {}),
  });
  return { ...call, change };
}

async function beginChange(changes: Changes, change: NewChange): Promise<ChangeEntry> {
  try {
    return await changes.begin(change);
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    const detail = 'the state before it could not be kept, so nothing was done; the log says why';
    throw new ToolError('internal', detail, { cause });
  }
}

const noVersion = (changes: Changes): ChangeEntry => ({
  version: changes.version(),
  recordAfter: async () => {},
  end: async () => {},
});

/** What a tool's capture sees now, in the form in which it is stored; null for a tool without a way back. */
export async function imageOf(call: Looking, stack: StackView): Promise<JsonValue> {
  const { effect } = call.tool;
  if (effect.irreversible !== undefined) return null;
  const image = await looking(call, stack, (context) => effect.capture(context, call.params));
  return JSON.parse(JSON.stringify(image ?? null));
}

/**
 * Whether everything that a write touched is as it was before it, by the tool's own reading of the service; undefined
 * where that cannot be read.
 */
export async function isAsBefore(
  call: Looking,
  { before, after }: Pick<Undo, 'before' | 'after'>,
  stack: StackView,
): Promise<boolean | undefined> {
  const { effect } = call.tool;
  if (effect.irreversible !== undefined || !effect.isBack) return undefined;
  const { isBack } = effect;
  try {
    return await looking(call, stack, (context) => isBack(context, { args: call.params, before, after }));
  } catch {
    return undefined;
  }
}

const looking = <T>(
  call: Looking,
  stack: StackView,
  look: (context: Parameters<typeof call.tool.run>[0]) => Promise<T>,
): Promise<T> =>
  withDeadline(
    call,
    (why) => why,
    (signal) =>
      look({
        ...contextOf(call, stack, signal),
        recordAfter: () => Promise.reject(new ToolError('internal', 'looking has nothing to record after')),
      }),
  );

/** A write that is made again must find what it found the first time. What it creates anew finds nothing, and says so itself. */
export async function assertUntouched(
  call: Looking,
  undo: Undo,
  found: JsonValue,
  stack: StackView,
): Promise<void> {
  if (call.tool.effect.kind === 'create' || isDeepStrictEqual(found, undo.before)) return;
  if ((await isAsBefore(call, undo, stack)) === true) return;
  throw new ToolError(
    'conflict',
    `${call.at.target.name} is not as the write of version ${undo.of} found it; nothing was done`,
  );
}
