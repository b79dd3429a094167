import type { PendingIntent } from '../audit/intent.ts';
import type { Verdict } from '../audit/record.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import { type Answer, answerError } from './answer.ts';
import type { Catalogs } from './catalogs.ts';
import type { Meter } from './meter.ts';
import { GateRefusal } from './pass-gate.ts';
import type { Arrived, Authenticated, Resolved } from './stages.ts';
import { type CallFrame, type RecordDeps, recordRequest, recordResponse } from './write-records.ts';

export interface TrailDeps extends RecordDeps {
  readonly catalogs: Catalogs;
  readonly meter: Meter;
  /** Where what Stackward itself got wrong is written; callers only hear `internal`. */
  onInternal(error: unknown, callId: string): void;
}

/** The records of one call. */
export interface Trail {
  /** Takes the call as it is from here on: whose it is, and what it names. */
  joined(call: Authenticated): Authenticated;
  aimed(call: Resolved): Resolved;
  intend(verdict?: Verdict): PendingIntent;
  end(kind: 'read' | 'write', answer: (callId: string, seq: number) => Answer): Promise<Answer>;
  fail(error: unknown): Promise<Answer>;
}

/** Keeps the records of one call: exactly one request, then exactly one response, whatever happens between. */
export function beginTrail(deps: TrailDeps, arrived: Arrived): Trail {
  let request = arrived;
  let frame: CallFrame = {
    callId: request.callId,
    principal: request.principal ?? STACK_PRINCIPAL,
    topology: deps.catalogs.graph().hash,
    started: request.started,
  };
  let intent: PendingIntent | undefined;
  const intend = (verdict?: Verdict) => {
    intent ??= recordRequest(deps, frame, request, verdict);
    return intent;
  };
  const close = async (answer: Answer, isDurable: boolean) => {
    const appended = recordResponse(deps, frame, request.id, answer);
    await (isDurable ? appended.durable : appended.written);
    return counted(answer);
  };
  const counted = (answer: Answer) => {
    deps.meter.count(request, answer, performance.now() - frame.started);
    return answer;
  };
  return {
    intend,
    joined(call) {
      request = call;
      frame = { ...frame, principal: call.catalog.principal, topology: call.catalog.graph.hash };
      return call;
    },
    aimed(call) {
      if (call.entry.tool.reach !== 'stack') frame = { ...frame, target: call.at.target.name };
      return call;
    },
    async end(kind, answer) {
      try {
        return await close(answer(frame.callId, intend().seq), kind === 'write');
      } catch (error) {
        if (kind === 'read') throw error;
        // The write is done. Saying 'refused' now would invite the caller to do it again.
        deps.onInternal(error, frame.callId);
        const detail =
          'the write was done, but the audit could not record its outcome; look before doing it again';
        const told = new ToolError('outcome_unknown', detail);
        return counted(answerError(frame.callId, intend().seq, told, deps.mask));
      }
    },
    async fail(error) {
      const known = toToolError(error, (cause) => deps.onInternal(cause, frame.callId));
      const refusal = error instanceof GateRefusal ? error : undefined;
      try {
        const { seq, durable } = intend(refusal?.verdict);
        await durable;
        const answer = answerError(frame.callId, seq, known, deps.mask, refusal?.request);
        return await close(
          refusal ? { ...answer, refusedRules: failedRules(refusal.verdict) } : answer,
          false,
        );
      } catch (unrecorded) {
        const reason = toToolError(unrecorded, (cause) => deps.onInternal(cause, frame.callId));
        // 'Refused' would hide that the write may have happened.
        const told = known.code === 'outcome_unknown' ? known : reason;
        return counted(answerError(frame.callId, undefined, told, deps.mask));
      }
    },
  };
}

const failedRules = ({ checks }: Verdict): string[] =>
  checks.filter((check) => !check.passed).map((check) => check.rule);

function toToolError(error: unknown, onInternal: (error: unknown) => void): ToolError {
  if (error instanceof ToolError) {
    if (error.code === 'internal') onInternal(error.cause ?? error);
    return error;
  }
  onInternal(error);
  return new ToolError('internal', 'the call was stopped; nothing more is known to the caller');
}
