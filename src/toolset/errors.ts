/** Who can mend an error: the one who called, the one who runs Stackward, the one who draws the topology, or nobody but us. */
export type Mender = 'caller' | 'operator' | 'topology' | 'approver' | 'backend' | 'stackward';

interface ErrorEntry {
  readonly mender: Mender;
  /** What it means, in a sentence that is safe to show to anybody. */
  readonly meaning: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
}

/** Every error that a call can end in. Closed: `ToolError` takes no other code; `docs/errors.md` is made from it. */
export const ERRORS = {
  unauthenticated: {
    mender: 'operator',
    retryable: false,
    meaning: 'The caller gave no valid token for a principal of this stack.',
  },
  unknown_tool: {
    mender: 'topology',
    retryable: false,
    meaning: 'No drawn link yields this tool for this principal.',
  },
  target_required: {
    mender: 'caller',
    retryable: false,
    meaning: 'The tool reaches several targets and the call named none.',
  },
  not_linked: {
    mender: 'topology',
    retryable: false,
    meaning: 'No drawn link of this principal reaches the target with this tool.',
  },
  invalid_arguments: {
    mender: 'caller',
    retryable: false,
    meaning: 'The arguments do not fit the tool’s schema.',
  },
  query_refused: {
    mender: 'caller',
    retryable: false,
    meaning: 'The guard could not prove that the statement stays within what the tool and the link allow.',
  },
  write_refused: { mender: 'operator', retryable: false, meaning: 'The gate refused the write.' },
  approval_required: {
    mender: 'approver',
    retryable: true,
    meaning: 'A human has to approve this exact call; the same call may be made again once approved.',
  },
  approval_refused: {
    mender: 'approver',
    retryable: false,
    meaning: 'A human refused this call, or the approval was not valid for it.',
  },
  rate_limited: {
    mender: 'caller',
    retryable: true,
    meaning: 'This principal has used its share of calls for now.',
  },
  too_busy: { mender: 'caller', retryable: true, meaning: 'Too many calls to this component are waiting.' },
  timeout: { mender: 'caller', retryable: true, meaning: 'The call did not end before its deadline.' },
  cancelled: { mender: 'caller', retryable: true, meaning: 'The caller cancelled the call.' },
  result_too_large: {
    mender: 'caller',
    retryable: false,
    meaning: 'The result is larger than the limit and cannot be cut.',
  },
  not_found: {
    mender: 'caller',
    retryable: false,
    meaning: 'What the call names does not exist at the target.',
  },
  conflict: {
    mender: 'caller',
    retryable: false,
    meaning: 'The target is not in the state that the call expects.',
  },
  query_failed: {
    mender: 'caller',
    retryable: false,
    meaning: 'The target understood the call and rejected it.',
  },
  setting_unavailable: {
    mender: 'operator',
    retryable: false,
    meaning: 'A setting of the component could not be read.',
  },
  secret_unavailable: {
    mender: 'operator',
    retryable: false,
    meaning: 'A credential of the component could not be read.',
  },
  login_failed: {
    mender: 'operator',
    retryable: false,
    meaning: 'The target refused the component’s credentials.',
  },
  permission_denied: {
    mender: 'operator',
    retryable: false,
    meaning: 'The component’s credentials do not permit the operation at the target.',
  },
  unreachable: { mender: 'backend', retryable: true, meaning: 'The target could not be reached.' },
  breaker_open: {
    mender: 'backend',
    retryable: true,
    meaning: 'The target failed repeatedly; calls to it pause for a moment.',
  },
  backend_failed: { mender: 'backend', retryable: true, meaning: 'The target failed while it ran the call.' },
  outcome_unknown: {
    mender: 'operator',
    retryable: false,
    meaning: 'The write may or may not have happened; look before doing it again.',
  },
  audit_unavailable: {
    mender: 'operator',
    retryable: true,
    meaning: 'The audit log cannot be written, so no call is served.',
  },
  internal: {
    mender: 'stackward',
    retryable: false,
    meaning: 'Stackward failed in a way that it does not know; the server’s log has more.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * The one error that tools, guards and stages throw on purpose.
 *
 * `detail` is shown to the caller after the mask: say what was wrong and what would be accepted. Never put a
 * driver's own message in it unless the driver only repeats the caller's words.
 */
export class ToolError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown }) {
    super(`${code}: ${detail}`, options);
    this.name = 'ToolError';
    this.code = code;
    this.detail = detail;
  }
}
