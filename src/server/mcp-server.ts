import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import type { CallRequest } from '../call/stages.ts';
import { unwrap } from '../call/unwrap.ts';
import type { Stackward } from '../stackward.ts';
import type { Catalog } from '../toolset/catalog.ts';
import type { CallSession } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { isPrincipal, STACK_PRINCIPAL } from '../toolset/reach.ts';
import { approvalDeskOf } from './approval-desk.ts';
import type { Opened } from './approval-seal.ts';
import type { CallHolds } from './call-holds.ts';
import { refusal, resultOf } from './call-result.ts';
import { IDENTITY, INSTRUCTIONS } from './identity.ts';
import { completePrompt, getPrompt, listPrompts } from './prompts.ts';
import { listResources, readResource, TEMPLATES } from './resources.ts';
import { type Tracing, tracedBy } from './traced.ts';

/** What a deployment adds to every server: further capabilities, and a way for tools to talk back to the client. */
export interface ServerExtension {
  customise?(server: Server): void;
  session?(context: ServerContext): CallSession;
  /** Answers a call that is not one of the stack's; undefined for every other, which then goes its way. */
  answer?(context: ServerContext, tool: string): Promise<CallToolResult | InputRequiredResult> | undefined;
}

export interface ServerOptions {
  /** The agent that the transport vouches for; absent means the stack's own client. */
  readonly principal: string | undefined;
  readonly extension?: ServerExtension;
  readonly tracing?: Tracing;
  /** What calls may be held to; only for a client in this process. */
  readonly holds?: Pick<CallHolds, 'of'>;
}

// Made once: a validator of its own for every request would cost more than the request.
const validator = new AjvJsonSchemaValidator();

/**
 * A server for one connection (or one request) of one principal.
 *
 * It holds no state of the catalog: each request asks for the catalog of that moment, so a swap shows at once.
 */
export function mcpServerFor(stackward: Stackward, options: ServerOptions): Server {
  const { principal, extension, tracing, holds } = options;
  const server = new Server(IDENTITY, {
    instructions: INSTRUCTIONS,
    capabilities: {
      tools: { listChanged: true },
      resources: { listChanged: true },
      prompts: {},
      completions: {},
    },
    jsonSchemaValidator: validator,
    requestState: { verify: verifyState(stackward, principal ?? STACK_PRINCIPAL) },
  });
  const name = principal ?? STACK_PRINCIPAL;
  const traced = tracedBy(tracing, name, {
    isTool: (tool) => catalogFor(stackward, name)?.tools.has(tool) === true,
    isPrompt: (prompt) => listPrompts().some((one) => one.name === prompt),
  });
  server.setRequestHandler(
    'tools/list',
    traced(() => ({
      tools: isKnown(stackward, name) ? [...stackward.catalogs.of(name).list] : [],
    })),
  );
  server.setRequestHandler(
    'tools/call',
    traced(({ params }, context) => {
      const lease = holds?.of(params._meta);
      return (
        extension?.answer?.(context, params.name) ??
        callTool(stackward, server, context, {
          principal,
          id: context.mcpReq.id,
          toolName: params.name,
          args: params.arguments ?? {},
          signal: context.mcpReq.signal,
          ...(extension?.session ? { peer: extension.session(context) } : {}),
          ...(lease ? { lease } : {}),
        })
      );
    }),
  );
  server.setRequestHandler('resources/list', () => ({
    resources: isKnown(stackward, name) ? listResources(stackward.catalogs.graph()) : [],
  }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...TEMPLATES] }));
  server.setRequestHandler(
    'resources/read',
    traced(({ params }) => {
      mustBeKnown(stackward, name);
      return readResource(stackward, name, params.uri);
    }),
  );
  server.setRequestHandler('prompts/list', () => ({
    prompts: isKnown(stackward, name) ? listPrompts() : [],
  }));
  server.setRequestHandler(
    'prompts/get',
    traced(({ params }) => {
      mustBeKnown(stackward, name);
      return getPrompt(stackward, name, params.name, params.arguments ?? {});
    }),
  );
  server.setRequestHandler('completion/complete', ({ params: { ref, argument } }) => {
    mustBeKnown(stackward, name);
    const values =
      ref.type === 'ref/prompt' ? completePrompt(stackward.catalogs.graph(), ref.name, argument) : [];
    return { completion: { values } };
  });
  extension?.customise?.(server);
  return server;
}

/** The catalog of a principal that the topology still names. */
const catalogFor = (stackward: Stackward, principal: string): Catalog | undefined =>
  isKnown(stackward, principal) ? stackward.catalogs.of(principal) : undefined;

/** An agent that was taken out of the topology keeps its connection for a while, and sees nothing through it. */
const isKnown = ({ catalogs }: Stackward, principal: string): boolean =>
  isPrincipal(catalogs.graph(), principal);

function mustBeKnown(stackward: Stackward, principal: string): void {
  if (!isKnown(stackward, principal))
    throw new ToolError('unauthenticated', `the topology names no agent '${principal}'`);
}

async function callTool(stackward: Stackward, server: Server, context: ServerContext, asked: CallRequest) {
  const catalog = catalogFor(stackward, asked.principal ?? STACK_PRINCIPAL);
  // Unwrapped here too, so that a human is asked about the call that is meant, and its result is shown as its tool has it.
  const call = catalog ? unwrap(catalog, asked) : asked;
  const desk = approvalDeskOf(stackward);
  const state = context.mcpReq.requestState<Opened>();
  if (state !== undefined && !stackward.clientsMayApprove) {
    return refusal('approval_refused', 'here a client cannot approve; an operator runs: stackward approve');
  }
  if (state !== undefined) {
    try {
      await desk.settle(state, call, context.mcpReq.inputResponses);
    } catch (error) {
      if (error instanceof ToolError) return refusal(error.code, error.detail);
      throw error;
    }
  }
  const answer = await stackward.call(call);
  if (answer.ask && state === undefined && stackward.clientsMayApprove && canAsk(server, context)) {
    const question = await desk.ask(answer.ask, call);
    if (question) return question;
  }
  return resultOf(answer, catalog?.tools.get(call.toolName)?.tool);
}

/** Opens a state that came back; whoever sends a false one is on record. */
const verifyState = (stackward: Stackward, principal: string) => async (state: string) => {
  try {
    return await approvalDeskOf(stackward).open(state);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    await stackward.recordEvent('approval_state_refused', principal, { reason });
    throw error;
  }
};

/** Whether this client can show a form to its human. An `elicitation` without modes means forms. */
function canAsk(server: Server, { mcpReq }: ServerContext): boolean {
  const envelope: { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } = mcpReq.envelope ?? {};
  const { elicitation } = envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
