import { isDeepStrictEqual } from 'node:util';
import type { JsonValue, StackView } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { ChangeEntry, Changes, NewChange } from './changes.ts';
import { withDeadline } from './deadline.ts';
import type { CapturedWrite, OpenedWrite } from './stages.ts';

/** Reads what the write will touch and makes it durable: no before-image, no write. */
export async function captureBefore(
  call: OpenedWrite,
  deps: { changes: Changes; stack: StackView },
): Promise<CapturedWrite> {
  const { effect } = call.tool;
  const { undo, tool, at, scope } = call;
  // A step that takes a write back is taken back by making the call again, for which the write's own image is kept.
  const before = undo?.kind === 'revert' ? null : await imageOf(call, deps.stack);
  if (undo?.kind === 'redo') assertUntouched(call, before);
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

/** What a tool's capture sees now, in the form in which it is stored; null for a tool without a way back. */
export async function imageOf(call: OpenedWrite, stack: StackView): Promise<JsonValue> {
  const { effect } = call.tool;
  if (effect.irreversible !== undefined) return null;
  const image = await withDeadline(
    call,
    (why) => why,
    (signal) =>
      effect.capture(
        {
          client: call.session.client,
          target: call.at.target,
          signal,
          limits: call.limits,
          principal: call.catalog.principal,
          stack,
          grant: call.grant,
          recordAfter: () => Promise.reject(new ToolError('internal', 'capture has nothing to record after')),
        },
        call.params,
      ),
  );
  return JSON.parse(JSON.stringify(image ?? null));
}

/** Whether two images of a write are of the same state. */
export const isSameImage = (
  { effect }: OpenedWrite['tool'],
  now: JsonValue | undefined,
  before: JsonValue | undefined,
): boolean => {
  if (effect.irreversible !== undefined || !effect.isSame) return isDeepStrictEqual(now, before);
  return now !== undefined && before !== undefined && effect.isSame(now, before);
};

/** A write that is made again must find what it found the first time. What it creates anew finds nothing, and says so itself. */
function assertUntouched(call: OpenedWrite, found: JsonValue): void {
  if (call.tool.effect.kind === 'create' || isSameImage(call.tool, found, call.undo?.before)) return;
  throw new ToolError(
    'conflict',
    `${call.at.target.name} is not as the write of version ${call.undo?.of} found it; nothing was done`,
  );
}
