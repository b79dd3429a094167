import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { agent } from '../../src/services/agent/service.ts';
import {
  type CallSession,
  defineService,
  type JsonValue,
  type RenderedBlock,
  type ServiceDefinition,
  toolsOf,
} from '../../src/toolset/define.ts';
import { ToolError } from '../../src/toolset/errors.ts';
import { PNG, WAV } from './media.ts';

interface NoBackend {
  Reader: object;
  Writer: object;
  Entry: Record<string, never>;
}

/** The session of the fixtures mode: it can also break off the stream of a call. */
export interface FixtureSession extends CallSession {
  closeStream(): void;
}

const define = toolsOf<NoBackend>();
const Text = z.strictObject({ text: z.string() });

/** A tool that the suite expects: what it does, and how its text is shown. */
function tool<P extends z.ZodObject>(
  name: string,
  params: P,
  work: (session: CallSession, args: z.output<P>) => Promise<string> | string,
  render: (text: string) => RenderedBlock[] = (text) => [{ type: 'text', text }],
) {
  return define({
    name,
    access: 'read',
    title: name,
    description: `What the conformance suite expects of ${name}.`,
    reach: 'stack',
    params,
    output: Text,
    render: (output) => render(Text.parse(output).text),
    async run({ session }, args) {
      if (!session) throw new ToolError('internal', 'the fixtures mode gives every call a session');
      return { text: await work(session, params.parse(args)) };
    },
  });
}

const Nothing = z.strictObject({});
const image: RenderedBlock = { type: 'image', data: PNG, mimeType: 'image/png' };
const audio: RenderedBlock = { type: 'audio', data: WAV, mimeType: 'audio/wav' };
const resource = (uri: string, text: string, mimeType = 'text/plain'): RenderedBlock => ({
  type: 'resource',
  resource: { uri, mimeType, text },
});
const elicited = (result: JsonValue) => `Elicitation completed: ${JSON.stringify(result)}`;
const form = (properties: Record<string, unknown>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
});

const content = [
  tool('test_simple_text', Nothing, () => 'This is a simple text response for testing.'),
  tool(
    'test_image_content',
    Nothing,
    () => '',
    () => [image],
  ),
  tool(
    'test_audio_content',
    Nothing,
    () => '',
    () => [audio],
  ),
  tool(
    'test_embedded_resource',
    Nothing,
    () => 'This is an embedded resource content.',
    (text) => [resource('test://embedded-resource', text)],
  ),
  tool(
    'test_multiple_content_types',
    Nothing,
    () => 'Multiple content types test:',
    (text) => [
      { type: 'text', text },
      image,
      resource('test://mixed-content-resource', '{"test":"data","value":123}', 'application/json'),
    ],
  ),
  tool('test_error_handling', Nothing, () => {
    throw new ToolError('query_failed', 'This tool intentionally returns an error for testing');
  }),
  tool(
    'json_schema_2020_12_tool',
    z
      .strictObject({
        name: z.string().optional(),
        address: z
          .object({ street: z.string().optional(), city: z.string().optional() })
          .meta({ id: 'address' })
          .optional(),
      })
      .meta({ $schema: 'https://json-schema.org/draft/2020-12/schema' }),
    (_session, args) => JSON.stringify(args),
  ),
];

/** Answered before it gets here; the suite wants to see it in the list. */
const listed = [
  tool('test_missing_capability', Nothing, () => {
    throw new ToolError('internal', 'the server answers this by itself');
  }),
];

const talking = [
  tool('test_tool_with_logging', Nothing, async (session) => {
    for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await session.log('info', line);
      await sleep(50);
    }
    return 'logged';
  }),
  tool('test_tool_with_progress', Nothing, async (session) => {
    for (const progress of [0, 50, 100]) {
      await session.progress(progress, 100);
      await sleep(50);
    }
    return 'progressed';
  }),
  tool('test_sampling', z.strictObject({ prompt: z.string() }), async (session, { prompt }) => {
    return `LLM response: ${JSON.stringify(await session.sample(prompt, 100))}`;
  }),
  tool('test_elicitation', z.strictObject({ message: z.string() }), async (session, { message }) => {
    const text = (description: string) => ({ type: 'string', description });
    const properties = { username: text('User’s response'), email: text('User’s email address') };
    return `User response: ${JSON.stringify(await session.elicit(message, form(properties, ['username', 'email'])))}`;
  }),
  tool('test_elicitation_sep1034_defaults', Nothing, async (session) =>
    elicited(
      await session.elicit(
        'Look the defaults over',
        form({
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        }),
      ),
    ),
  ),
  tool('test_elicitation_sep1330_enums', Nothing, async (session) => {
    const options = ['option1', 'option2', 'option3'];
    const titled = ['value1', 'value2', 'value3'].map((value) => ({
      const: value,
      title: `Choice ${value}`,
    }));
    return elicited(
      await session.elicit(
        'Choose',
        form({
          untitledSingle: { type: 'string', enum: options },
          titledSingle: { type: 'string', oneOf: titled },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
          titledMulti: { type: 'array', items: { anyOf: titled } },
        }),
      ),
    );
  }),
  tool('test_reconnection', Nothing, async (session) => {
    if ('closeStream' in session && typeof session.closeStream === 'function') session.closeStream();
    await sleep(100);
    return 'You came back.';
  }),
];

const opened = async () => ({ client: {}, close: async () => {} });

/** The tools that the conformance suite calls, as a service like any other: they run through the whole pipeline. */
const conformance = defineService<NoBackend, z.ZodObject>({
  type: 'conformance',
  prefix: 'test',
  layer: 'stack',
  title: 'Conformance',
  description: 'What the conformance suite of MCP expects of a server',
  builtIn: true,
  connection: z.strictObject({}),
  links: {},
  tools: [...content, ...listed, ...talking],
  connect: async () => ({ openReader: opened, openWriter: opened }),
});

export const SERVICES: ReadonlyMap<string, ServiceDefinition> = new Map(
  [conformance, agent].map((service) => [service.type, service]),
);
