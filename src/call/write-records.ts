import { hash } from 'node:crypto';
import type { AuditLog } from '../audit/audit-log.ts';
import { type PendingIntent, recordIntent } from '../audit/intent.ts';
import type { RequestRecord, ResponseRecord, Verdict } from '../audit/record.ts';
import type { Mask } from '../secrets/mask.ts';
import type { JsonValue } from '../toolset/define.ts';
import type { Answer } from './answer.ts';
import type { CallRequest } from './stages.ts';

/** Arguments longer than this are recorded by digest and beginning. */
const MAX_PARAMS = 64 * 1024;
/** The caller's own name for a tool, or id of a call, is recorded up to here; no real one is longer. */
const MAX_WORD = 256;
/** As much of one reason; it names what a write would change, which may be a hundred long keys. */
const MAX_REASON = 4 * 1024;
/** As much of a result is kept in its record; the digest covers all of it. */
const MAX_BODY = 2 * 1024;

/** Names the call in whose course a recorded one was made, or `call_tool`. */
const VIA = 'stackward.dev/via';
/** Says that the write was only tried, and that nothing of it lasts. */
const DRY_RUN = 'stackward.dev/dry-run';

export interface RecordDeps {
  readonly audit: AuditLog;
  readonly mask: Mask;
  version(): number;
}

/** Who and under what, for both records of a call. */
export interface CallFrame {
  readonly callId: string;
  readonly principal: string;
  readonly topology: string;
  readonly started: number;
  /** The target that the call resolved to, which it may have left out. */
  readonly target?: string;
}

/** Begins to make the request record durable. Throws ToolError('audit_unavailable'). */
export function recordRequest(
  deps: RecordDeps,
  frame: CallFrame,
  request: CallRequest,
  verdict?: Verdict,
): PendingIntent {
  const record: RequestRecord = {
    kind: 'request',
    call: frame.callId,
    principal: frame.principal,
    topology: frame.topology,
    version: deps.version(),
    message: {
      jsonrpc: '2.0',
      id: word(request.id),
      method: 'tools/call',
      params: {
        name: word(String(deps.mask.forAudit(request.toolName))),
        arguments: recordable(deps, frame, request),
        ...metaOf(request),
      },
    },
    ...(verdict ? { verdict: maskedVerdict(deps.mask, verdict) } : {}),
  };
  return recordIntent(deps.audit, record);
}

function metaOf({ via, isTrial }: CallRequest): { _meta?: Record<string, JsonValue> } {
  const meta = { ...(via === undefined ? {} : { [VIA]: via }), ...(isTrial ? { [DRY_RUN]: true } : {}) };
  return Object.keys(meta).length === 0 ? {} : { _meta: meta };
}

/** Appends the one response record of a call. */
export function recordResponse(deps: RecordDeps, frame: CallFrame, id: string | number, answer: Answer) {
  const record: ResponseRecord = {
    kind: 'response',
    call: frame.callId,
    principal: frame.principal,
    topology: frame.topology,
    version: deps.version(),
    outcome: answer.outcome,
    duration_ms: Math.round((performance.now() - frame.started) * 1000) / 1000,
    message: answer.error
      ? { jsonrpc: '2.0', id: word(id), error: { code: answer.error.code, message: answer.error.detail } }
      : {
          jsonrpc: '2.0',
          id: word(id),
          result: digestOf(answer.text, answer.structured?.truncated === true),
        },
  };
  return deps.audit.append(record);
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)} ...` : text;

const word = <T extends string | number>(given: T): T | string =>
  typeof given === 'string' ? cut(given, MAX_WORD) : given;

/** Reasons repeat what a write names, and that is the caller's text. */
function maskedVerdict(mask: Mask, { passed, checks, reasons }: Verdict): Verdict {
  const masked = (reason: string) => cut(String(mask.forAudit(reason)), MAX_REASON);
  return {
    passed,
    checks: checks.map((check) => ({ ...check, reason: masked(check.reason) })),
    reasons: reasons.map(masked),
  };
}

/** What cannot be recorded must not escape the record: arguments nested beyond reason are told as that. */
function recordable(deps: RecordDeps, frame: CallFrame, request: CallRequest): JsonValue {
  try {
    return bounded(deps.mask.forAudit(argumentsOf(frame, request)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { unrecordable: 'nested too deeply' };
  }
}

const argumentsOf = ({ target }: CallFrame, { args }: CallRequest): JsonValue =>
  ({ ...args, ...(target === undefined ? {} : { target }) }) as JsonValue;

const digestOf = (text: string, truncated: boolean): JsonValue => ({
  bytes: Buffer.byteLength(text),
  sha256: hash('sha256', text, 'hex'),
  truncated,
  body: text.length > MAX_BODY ? text.slice(0, MAX_BODY) : text,
});

function bounded(args: JsonValue): JsonValue {
  const text = JSON.stringify(args);
  if (text.length <= MAX_PARAMS) return args;
  return {
    bytes: Buffer.byteLength(text),
    sha256: hash('sha256', text, 'hex'),
    beginning: text.slice(0, 1024),
  };
}
