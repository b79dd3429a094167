import type { CallToolResult, JSONRPCRequest } from '@modelcontextprotocol/server';
import type { Stackward } from '../stackward.ts';
import type { AnyTool } from '../toolset/define.ts';
import { CALL_TOOL } from '../toolset/directory.ts';
import { isPrincipal } from '../toolset/reach.ts';
import { resultOf } from './call-result.ts';
import { type Tracing, tracedBy } from './traced.ts';

/**
 * Calls a tool that only reads: it asks its caller nothing and tells it nothing on the way, so it needs none of the
 * SDK's dispatch, which costs more than a short call. Undefined for every other request, of which nothing ran then.
 */
export type Reading = (request: JSONRPCRequest, signal: AbortSignal) => Promise<CallToolResult> | undefined;

/** What a call may be made of here; whatever else there is, the SDK judges it. */
const KNOWN: ReadonlySet<string> = new Set(['name', 'arguments', '_meta']);

interface ReadCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Opens the reading of one principal. */
export function openReading(
  stackward: Stackward,
  { principal, tracing }: { principal: string; tracing?: Tracing },
): Reading {
  // What gets as far as being traced is the name of a tool.
  const traced = tracedBy(tracing, principal, { isTool: () => true, isPrompt: () => false });
  return (request, signal) => {
    const call = callOf(request);
    const tool = call && readingTool(stackward, principal, call.name);
    if (!call || !tool) return undefined;
    const run = traced(async (_request: JSONRPCRequest, { mcpReq: { id } }: { mcpReq: ReadRequest }) => {
      const asked = { principal, id, toolName: call.name, args: call.args, signal };
      return resultOf(await stackward.call(asked), tool);
    });
    return Promise.resolve(run(request, { mcpReq: { id: request.id } }));
  };
}

type ReadRequest = { readonly id: string | number };

function callOf({ method, params }: JSONRPCRequest): ReadCall | undefined {
  if (method !== 'tools/call' || !params) return undefined;
  const { name, arguments: args = {} } = params;
  if (typeof name !== 'string' || !isRecord(args)) return undefined;
  return Object.keys(params).every((key) => KNOWN.has(key)) ? { name, args } : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A tool of the principal that only reads. What `call_tool` calls may write, and may have to be asked about. */
function readingTool({ catalogs }: Stackward, principal: string, name: string): AnyTool | undefined {
  if (name === CALL_TOOL || !isPrincipal(catalogs.graph(), principal)) return undefined;
  const tool = catalogs.of(principal).tools.get(name)?.tool;
  return tool?.access === 'read' ? tool : undefined;
}
