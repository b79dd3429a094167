import {
  type ElicitRequestFormParams,
  type GetPromptResult,
  type InputRequiredResult,
  type ReadResourceResult,
  ResourceNotFoundError,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { ServerExtension } from '../../src/server/mcp-server.ts';
import type { Stackward } from '../../src/stackward.ts';
import type { JsonValue } from '../../src/toolset/define.ts';
import type { FixtureSession } from './fixture-service.ts';
import { inputRequiredFixtures } from './input-required.ts';
import { PNG } from './media.ts';

/** What the suite expects beside tools. The product offers no prompts, completions or log messages. */
export function extensionOf(stackward: Stackward): ServerExtension {
  const { answer, prompt } = inputRequiredFixtures(stackward);
  return { customise: (server) => customise(server, prompt), session, answer };
}

function session({ mcpReq, http }: ServerContext): FixtureSession {
  // Without it a request would go to the session's own stream, which the client may not have opened yet.
  const onThisCall = { relatedRequestId: mcpReq.id };
  const progressToken = mcpReq._meta?.progressToken;
  return {
    log: (level, data) => mcpReq.log(level, data),
    async progress(progress, total, message) {
      if (progressToken === undefined) return;
      const params = {
        progressToken,
        progress,
        ...(total === undefined ? {} : { total }),
        ...(message ? { message } : {}),
      };
      await mcpReq.notify({ method: 'notifications/progress', params });
    },
    elicit: async (message, requestedSchema) =>
      plain(
        await mcpReq.elicitInput(
          {
            mode: 'form',
            message,
            requestedSchema: requestedSchema as ElicitRequestFormParams['requestedSchema'],
          },
          onThisCall,
        ),
      ),
    sample: async (prompt, maxTokens) =>
      plain(
        await mcpReq.requestSampling(
          {
            messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
            maxTokens,
          },
          onThisCall,
        ),
      ),
    closeStream: () => http?.closeSSE?.(),
  };
}

const plain = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value));

function customise(
  server: Server,
  askingPrompt: (context: ServerContext) => GetPromptResult | InputRequiredResult,
): void {
  server.registerCapabilities({
    logging: {},
    prompts: {},
    completions: {},
    resources: { subscribe: true, listChanged: true },
  });
  server.setRequestHandler('resources/list', () => ({
    resources: ['static-text', 'static-binary', 'watched-resource'].map((name) => ({
      uri: `test://${name}`,
      name,
    })),
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
  }));
  server.setRequestHandler('resources/read', ({ params }) => readResource(params.uri));
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.setRequestHandler('prompts/list', () => ({ prompts: PROMPTS }));
  server.setRequestHandler('prompts/get', ({ params }, context) =>
    params.name === 'test_input_required_result_prompt'
      ? askingPrompt(context)
      : getPrompt(params.name, params.arguments ?? {}),
  );
  server.setRequestHandler('completion/complete', () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
}

function readResource(uri: string): ReadResourceResult {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: 'application/json', text }] };
  }
  switch (uri) {
    case 'test://static-text':
      return {
        contents: [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
      };
    case 'test://static-binary':
      return { contents: [{ uri, mimeType: 'image/png', blob: PNG }] };
    case 'test://watched-resource':
      return { contents: [{ uri, mimeType: 'text/plain', text: 'Watched.' }] };
    default:
      throw new ResourceNotFoundError(uri);
  }
}

const argument = (name: string) => ({ name, description: `The ${name}`, required: true });
const PROMPTS = [
  { name: 'test_simple_prompt', description: 'A prompt without arguments' },
  {
    name: 'test_prompt_with_arguments',
    description: 'Two arguments',
    arguments: [argument('arg1'), argument('arg2')],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A resource',
    arguments: [argument('resourceUri')],
  },
  { name: 'test_prompt_with_image', description: 'An image' },
];

type Content = GetPromptResult['messages'][number]['content'];
const says = (...contents: Content[]): GetPromptResult => ({
  messages: contents.map((content) => ({ role: 'user' as const, content })),
});
const text = (words: string): Content => ({ type: 'text', text: words });

function getPrompt(name: string, given: Readonly<Record<string, string>>): GetPromptResult {
  switch (name) {
    case 'test_simple_prompt':
      return says(text('This is a simple prompt for testing.'));
    case 'test_prompt_with_arguments':
      return says(text(`Prompt with arguments: arg1='${given.arg1}', arg2='${given.arg2}'`));
    case 'test_prompt_with_embedded_resource': {
      const resource = {
        uri: given.resourceUri ?? 'test://example-resource',
        mimeType: 'text/plain',
        text: 'Embedded resource content for testing.',
      };
      return says({ type: 'resource', resource }, text('Please process the embedded resource above.'));
    }
    case 'test_prompt_with_image':
      return says(
        { type: 'image', data: PNG, mimeType: 'image/png' },
        text('Please analyze the image above.'),
      );
    default:
      throw new Error(`there is no prompt '${name}'`);
  }
}
