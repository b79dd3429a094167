import type { Outcome } from '../audit/record.ts';
import type { ApprovalRequest } from '../gate/approvals.ts';
import type { Mask } from '../secrets/mask.ts';
import { ERRORS, type ErrorCode, type ToolError } from '../toolset/errors.ts';
import { neutralise } from './neutralise.ts';
import type { Masked } from './stages.ts';

/** How a call ended, ready for any transport. */
export interface Answer {
  readonly callId: string;
  /** Sequence number of the call's request record in this process's audit chain; absent when it could not be recorded. */
  readonly seq?: number;
  readonly outcome: Outcome;
  /** JSON text of the result, or the sentence that explains the error. */
  readonly text: string;
  readonly structured?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: ErrorCode; readonly detail: string };
  /** Names of the gate's rules that the call did not pass. */
  readonly refusedRules?: readonly string[];
  /** Set when a human can approve the call: a transport that can ask does so, and makes the call again. */
  readonly ask?: ApprovalRequest;
}

/** Codes with which a call is refused before it touches its target. */
const DENIALS: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'unknown_tool',
  'target_required',
  'not_linked',
  'invalid_arguments',
  'query_refused',
  'write_refused',
  'approval_required',
  'approval_refused',
  'rate_limited',
  'too_busy',
  'breaker_open',
  'audit_unavailable',
]);

/** The outcome that an error stands for in the audit. */
export function outcomeOf(code: ErrorCode): Outcome {
  if (code === 'cancelled' || code === 'outcome_unknown') return code;
  return DENIALS.has(code) ? 'denied' : 'error';
}

export const answerOk = (callId: string, seq: number, { text, structured }: Masked): Answer => ({
  callId,
  seq,
  outcome: 'ok',
  text,
  structured,
});

/** A caller can make us say something about each of a million things that it sent; the record holds what is said. */
const MAX_DETAIL = 8 * 1024;

const brief = (detail: string): string =>
  detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL)} ...` : detail;

/** The answer to an error: its code, what it means, what was wrong, and who can mend it. Never a stack trace. */
export function answerError(
  callId: string,
  seq: number | undefined,
  error: ToolError,
  mask: Mask,
  ask?: ApprovalRequest,
): Answer {
  const { meaning, mender } = ERRORS[error.code];
  const detail = brief(neutralise(mask.text(error.detail.slice(0, 4 * MAX_DETAIL))));
  return {
    callId,
    ...(seq === undefined ? {} : { seq }),
    outcome: outcomeOf(error.code),
    text: `${error.code}: ${meaning}\n${detail}\nWho can mend it: ${mender}. Call ${callId}${seq === undefined ? '' : `, audit ${seq}`}.`,
    error: { code: error.code, detail },
    ...(ask ? { ask } : {}),
  };
}
