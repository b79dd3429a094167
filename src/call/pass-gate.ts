import type { Verdict } from '../audit/record.ts';
import type { ApprovalRequest } from '../gate/approvals.ts';
import type { Gate } from '../gate/gate.ts';
import { ToolError } from '../toolset/errors.ts';
import type { AllowedRead, AllowedTrial, AllowedWrite, Validated } from './stages.ts';

/** A write that the gate did not let through. Carries the verdict for the record, and the request that a human can answer. */
export class GateRefusal extends ToolError {
  readonly verdict: Verdict;
  readonly request: ApprovalRequest | undefined;
  constructor(
    code: 'write_refused' | 'approval_required',
    detail: string,
    verdict: Verdict,
    request?: ApprovalRequest,
  ) {
    super(code, detail);
    this.verdict = verdict;
    this.request = request;
  }
}

/** What an approval is bound to: taking a write back is not the same as making it, though the arguments are. */
const boundArgs = ({ params, undo }: Validated) =>
  undo === undefined ? params : { ...params, [undo.kind]: `version ${undo.of}` };

/** Reads pass; a write needs the gate's grant. Throws GateRefusal, or what the tool's own guard throws for the arguments. */
export async function passGate(
  gate: Gate,
  call: Validated,
): Promise<AllowedRead | AllowedWrite | AllowedTrial> {
  const { tool, service } = call.entry;
  if (tool.access === 'read') return { ...call, kind: 'read', tool };
  const scope = await tool.scope(call.at.target, call.params);
  const { callId, catalog, at, lease } = call;
  const held = lease ? { lease } : {};
  const asked = { callId, catalog, tool, service, at, args: boundArgs(call), scope, ...held };
  const decision = call.isTrial ? await gate.decideTrial(asked) : await gate.decide(asked);
  if (decision.kind === 'granted') {
    const { grant, verdict } = decision;
    return { ...call, kind: call.isTrial ? 'trial' : 'write', tool, grant, verdict, scope };
  }
  if (decision.kind === 'refused')
    throw new GateRefusal('write_refused', decision.verdict.reasons.join('; '), decision.verdict);
  const { id, expires, why } = decision.request;
  throw new GateRefusal(
    'approval_required',
    `${why}. An operator can run: stackward approve ${id} (until ${expires}); then make the same call again`,
    decision.verdict,
    decision.request,
  );
}
