import { type ErrorCode, ToolError } from '../toolset/errors.ts';

/** A call that did not come to a result, with its place in the audit where it has one. */
export class RefusedCall extends ToolError {
  readonly seq: number | undefined;
  constructor(code: ErrorCode, detail: string, seq: number | undefined) {
    super(code, detail);
    this.seq = seq;
  }
}

/** The codes that say that a gate, or the lack of a link, kept a write from being made. */
const REFUSED: ReadonlySet<ErrorCode> = new Set([
  'write_refused',
  'approval_required',
  'approval_refused',
  'not_linked',
  'unknown_tool',
]);

/** Whether a write was kept from being made at all: then nothing has to be looked for. */
export const isRefusal = (error: unknown): boolean => error instanceof ToolError && REFUSED.has(error.code);

/** The place of a failed call in the audit, as an event has it. */
export const placeOf = (error: unknown): { audit_seq?: number } =>
  error instanceof RefusedCall && error.seq !== undefined ? { audit_seq: error.seq } : {};
