/** One request of an MCP client, as far as a trace tells of it. */
export interface Served {
  readonly method: string;
  /** A tool or prompt that exists: a caller's invention must not become the name of a span. */
  readonly target?: { readonly kind: 'tool' | 'prompt'; readonly name: string };
  readonly id: string | number;
  readonly principal: string;
  /** `params._meta`, which may tell the client's own span. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

/** Traces what a server is asked. */
export interface Tracing {
  /** Runs `work` in a span of its own, and gives back or throws what it does. */
  serve<R>(request: Served, work: () => R | Promise<R>): Promise<R>;
  /** Sends what is left. Never throws. */
  close(): Promise<void>;
}

type Asked = {
  readonly method: string;
  readonly params?:
    | { readonly name?: unknown; readonly _meta?: Readonly<Record<string, unknown>> | undefined }
    | undefined;
};
/** As much of the SDK's context as a trace tells of. */
type Asking = { readonly mcpReq: { readonly id: string | number } };
type Handler<Q, C, R> = (request: Q, context: C) => R | Promise<R>;

/** Has every request of a handler traced; the handler itself where nothing is. */
export const tracedBy =
  (
    tracing: Tracing | undefined,
    principal: string,
    known: { isTool(name: string): boolean; isPrompt(name: string): boolean },
  ) =>
  <Q extends Asked, C extends Asking, R>(handle: Handler<Q, C, R>): Handler<Q, C, R> => {
    if (!tracing) return handle;
    return (request, context) => {
      const target = targetOf(request, known);
      return tracing.serve(
        {
          method: request.method,
          id: context.mcpReq.id,
          principal,
          meta: request.params?._meta,
          ...(target ? { target } : {}),
        },
        () => handle(request, context),
      );
    };
  };

function targetOf(
  { method, params }: Asked,
  { isTool, isPrompt }: { isTool(name: string): boolean; isPrompt(name: string): boolean },
): Served['target'] {
  const name = params?.name;
  if (typeof name !== 'string') return undefined;
  if (method === 'tools/call' && isTool(name)) return { kind: 'tool', name };
  return method === 'prompts/get' && isPrompt(name) ? { kind: 'prompt', name } : undefined;
}
