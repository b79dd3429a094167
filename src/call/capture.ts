import type { JsonValue, StackView } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Changes } from './changes.ts';
import { withDeadline } from './deadline.ts';
import type { CapturedWrite, OpenedWrite } from './stages.ts';

/** Reads what the write will touch and makes it durable: no before-image, no write. */
export async function captureBefore(
  call: OpenedWrite,
  deps: { changes: Changes; stack: StackView },
): Promise<CapturedWrite> {
  const { effect } = call.tool;
  const before: JsonValue =
    effect.irreversible !== undefined
      ? null
      : await withDeadline(
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
                stack: deps.stack,
                grant: call.grant,
                recordAfter: () =>
                  Promise.reject(new ToolError('internal', 'capture has nothing to record after')),
              },
              call.params,
            ),
        );
  const change = await deps.changes.begin({
    call: call.callId,
    principal: call.catalog.principal,
    topology: call.catalog.graph.hash,
    tool: call.tool.name,
    target: call.at.target.name,
    args: call.params as JsonValue,
    before,
  });
  return { ...call, change };
}
