import type { Decision } from '../gate/approvals.ts';
import type { KillSwitchState } from '../gate/kill-switch.ts';
import type { Stackward } from '../stackward.ts';

/** What an operator said about a write that waits. */
export interface ApprovalAnswer {
  readonly id: string;
  readonly decision: 'approved' | 'refused';
  /** The operator, as the audit names them. */
  readonly by: string;
  readonly reason: string;
}

/**
 * Records an operator's answer, and audits it.
 * Throws ToolError('approval_refused') when the request is unknown, expired or decided already.
 */
export async function decideApproval(
  { approvals, recordEvent }: Pick<Stackward, 'approvals' | 'recordEvent'>,
  { id, decision, by, reason }: ApprovalAnswer,
): Promise<Decision> {
  const sealed = await approvals.decide(id, { decision, by, reason });
  await recordEvent('approval_decided', by, { id, decision, reason, binding: sealed.binding });
  return sealed;
}

/**
 * Stops all writes, or opens them again, and audits it. Stopping comes before its record, since it must not hang on an
 * audit that is broken; opening comes after it. Throws ToolError('audit_unavailable'), or what the store said.
 */
export async function throwKillSwitch(
  { killSwitch, recordEvent }: Pick<Stackward, 'killSwitch' | 'recordEvent'>,
  { on, by, reason }: { on: boolean; by: string; reason: string },
): Promise<KillSwitchState> {
  const record = () => recordEvent('kill_switch', by, { on, reason });
  if (!on) await record();
  const state = await killSwitch.set(on, { by, reason });
  if (on) await record();
  return state;
}
