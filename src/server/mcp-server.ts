import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import type { Stackward } from '../call/stackward.ts';
import type { CallRequest } from '../call/stages.ts';
import type { CallSession } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { isPrincipal, STACK_PRINCIPAL } from '../toolset/reach.ts';
import { approvalDeskOf } from './approval-desk.ts';
import { refusal, resultOf } from './call-result.ts';
import { IDENTITY, INSTRUCTIONS } from './identity.ts';
import { listResources, readResource, TEMPLATES } from './resources.ts';

/** What a deployment adds to every server: further capabilities, and a way for tools to talk back to the client. */
export interface ServerExtension {
  customise?(server: Server): void;
  session?(context: ServerContext): CallSession;
}

export interface ServerOptions {
  /** The agent that the transport vouches for; absent means the stack's own client. */
  readonly principal: string | undefined;
  readonly extension?: ServerExtension;
}

// Made once: a validator of its own for every request would cost more than the request.
const validator = new AjvJsonSchemaValidator();

/**
 * A server for one connection (or one request) of one principal.
 *
 * It holds no state of the catalog: each request asks for the catalog of that moment, so a swap shows at once.
 */
export function mcpServerFor(stackward: Stackward, { principal, extension }: ServerOptions): Server {
  const server = new Server(IDENTITY, {
    instructions: INSTRUCTIONS,
    capabilities: { tools: { listChanged: true }, resources: { listChanged: true } },
    jsonSchemaValidator: validator,
    requestState: { verify: verifyState(stackward, principal ?? STACK_PRINCIPAL) },
  });
  const name = principal ?? STACK_PRINCIPAL;
  server.setRequestHandler('tools/list', () => ({
    tools: isKnown(stackward, name) ? [...stackward.catalogs.of(name).list] : [],
  }));
  server.setRequestHandler('tools/call', ({ params }, context) =>
    callTool(stackward, server, context, {
      principal,
      id: context.mcpReq.id,
      toolName: params.name,
      args: params.arguments ?? {},
      signal: context.mcpReq.signal,
      ...(extension?.session ? { peer: extension.session(context) } : {}),
    }),
  );
  server.setRequestHandler('resources/list', () => ({
    resources: isKnown(stackward, name) ? listResources(stackward.catalogs.graph()) : [],
  }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...TEMPLATES] }));
  server.setRequestHandler('resources/read', ({ params }) => {
    if (!isKnown(stackward, name))
      throw new ToolError('unauthenticated', `the topology names no agent '${name}'`);
    return readResource(stackward, name, params.uri);
  });
  extension?.customise?.(server);
  return server;
}

/** An agent that was taken out of the topology keeps its connection for a while, and sees nothing through it. */
const isKnown = ({ catalogs }: Stackward, principal: string): boolean =>
  isPrincipal(catalogs.graph(), principal);

async function callTool(stackward: Stackward, server: Server, context: ServerContext, call: CallRequest) {
  const desk = approvalDeskOf(stackward);
  const state = context.mcpReq.requestState();
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
  const { tool } = stackward.catalogs.of(call.principal ?? STACK_PRINCIPAL).tools.get(call.toolName) ?? {};
  return resultOf(answer, tool);
}

/** Opens a state that came back; whoever sends a false one is on record. */
const verifyState =
  (stackward: Stackward, principal: string) => async (state: string, context: ServerContext) => {
    try {
      return await approvalDeskOf(stackward).verify(state, context);
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
