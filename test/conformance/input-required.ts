import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type GetPromptResult,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  MissingRequiredClientCapabilityError,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { openApprovalSeal } from '../../src/server/approval-seal.ts';
import type { Stackward } from '../../src/stackward.ts';

type Answer = CallToolResult | InputRequiredResult;

const TEXT = { type: 'string' as const };
const form = (message: string, field: string, property: typeof TEXT | { type: 'boolean' } = TEXT) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [field]: property }, required: [field] },
  });
const sampling = (text: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });
const says = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

const capabilitiesOf = ({ mcpReq }: ServerContext): ClientCapabilities =>
  (mcpReq.envelope as { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined)?.[
    CLIENT_CAPABILITIES_META_KEY
  ] ?? {};

const isAnswered = ({ mcpReq }: ServerContext, requests: InputRequests): boolean =>
  Object.keys(requests).every((key) => inputResponse(mcpReq.inputResponses, key).kind !== 'missing');

/**
 * The tools of revision 2026-07-28 that ask their client for more. What they carry between two rounds is sealed and
 * opened as the product's approvals are, so that the suite's forgeries meet the real seal.
 */
export function inputRequiredFixtures(stackward: Stackward) {
  const { keys, nonces } = stackward;
  const { seal } = openApprovalSeal({ key: keys.of('request-state'), nonces });
  const stateOf = (round: string) =>
    seal({ approval: round, principal: 'suite', tool: '', args: '', binding: '', topology: '' });
  const roundOf = ({ mcpReq }: ServerContext) =>
    mcpReq.requestState<{ asked: { approval: string } }>()?.asked.approval;

  const once =
    (requests: InputRequests, done: (context: ServerContext) => string) => async (context: ServerContext) =>
      isAnswered(context, requests) ? says(done(context)) : inputRequired({ inputRequests: requests });
  const withState = (requests: InputRequests, text: string) => async (context: ServerContext) =>
    roundOf(context) === 'round-1' && isAnswered(context, requests)
      ? says(text)
      : inputRequired({ inputRequests: requests, requestState: await stateOf('round-1') });
  const name = form('What is your name?', 'name');

  const tools: Readonly<Record<string, (context: ServerContext) => Promise<Answer>>> = {
    test_input_required_result_elicitation: once({ user_name: name }, ({ mcpReq }) => {
      const content = acceptedContent(mcpReq.inputResponses, 'user_name');
      return `Hello, ${content?.name}!`;
    }),
    test_input_required_result_sampling: once(
      { capital_question: sampling('What is the capital of France?', 100) },
      ({ mcpReq }) => JSON.stringify(mcpReq.inputResponses),
    ),
    test_input_required_result_list_roots: once({ client_roots: inputRequired.listRoots() }, ({ mcpReq }) =>
      JSON.stringify(mcpReq.inputResponses),
    ),
    test_input_required_result_request_state: withState(
      { confirm: form('Please confirm', 'ok', { type: 'boolean' }) },
      'state-ok',
    ),
    test_input_required_result_tampered_state: withState(
      { confirm: form('Please confirm', 'ok', { type: 'boolean' }) },
      'state-ok',
    ),
    test_input_required_result_multiple_inputs: withState(
      {
        user_name: name,
        greeting: sampling('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      'all given',
    ),
    async test_input_required_result_multi_round(context) {
      const [one, two] = [
        form('Step 1: What is your name?', 'name'),
        form('Step 2: What is your favorite color?', 'color'),
      ];
      const round = roundOf(context);
      if (round === 'round-2' && isAnswered(context, { step2: two })) return says('done');
      if (round === 'round-1' && isAnswered(context, { step1: one }))
        return inputRequired({ inputRequests: { step2: two }, requestState: await stateOf('round-2') });
      return inputRequired({ inputRequests: { step1: one }, requestState: await stateOf('round-1') });
    },
    async test_input_required_result_capabilities(context) {
      const { elicitation, sampling: canSample } = capabilitiesOf(context);
      return inputRequired({
        inputRequests: {
          ...(elicitation ? { user_name: name } : {}),
          ...(canSample ? { greeting: sampling('Generate a greeting', 50) } : {}),
        },
      });
    },
    async test_missing_capability(context) {
      if (!capabilitiesOf(context).sampling)
        throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
      return says('The client can sample.');
    },
  };
  const context = form('What context should the prompt use?', 'context');
  return {
    answer: (asked: ServerContext, tool: string) => tools[tool]?.(asked),
    prompt: (asked: ServerContext): GetPromptResult | InputRequiredResult =>
      isAnswered(asked, { user_context: context })
        ? {
            messages: [
              { role: 'user', content: { type: 'text', text: JSON.stringify(asked.mcpReq.inputResponses) } },
            ],
          }
        : inputRequired({ inputRequests: { user_context: context } }),
  };
}
