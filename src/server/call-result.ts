import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Answer } from '../call/answer.ts';
import type { AnyTool } from '../toolset/define.ts';
import { ERRORS, type ErrorCode } from '../toolset/errors.ts';

const CALL = 'stackward.dev/call';
const ERROR = 'stackward.dev/error';

const errorMeta = (code: ErrorCode) => {
  const { mender, retryable } = ERRORS[code];
  return { code, mender, retryable };
};

/** An answer of the pipeline as MCP tells it. Every error is a result that the model can read, never a protocol error. */
export function resultOf(answer: Answer, tool?: AnyTool): CallToolResult {
  const { callId, seq, outcome, text, structured, error } = answer;
  return {
    content: (structured && tool?.render?.(structured)) || [{ type: 'text', text }],
    ...(structured ? { structuredContent: { ...structured } } : {}),
    // A result without structure does not fit the tool's schema, which clients check on all but errors.
    isError: structured === undefined,
    _meta: {
      [CALL]: { call: callId, ...(seq === undefined ? {} : { seq }), outcome },
      ...(error ? { [ERROR]: errorMeta(error.code) } : {}),
    },
  };
}

/** A refusal that the transport gives before the pipeline sees a call. `detail` is safe to show. */
export function refusal(code: ErrorCode, detail: string): CallToolResult {
  const { meaning, mender } = ERRORS[code];
  return {
    content: [{ type: 'text', text: `${code}: ${meaning}\n${detail}\nWho can mend it: ${mender}.` }],
    isError: true,
    _meta: { [ERROR]: errorMeta(code) },
  };
}
