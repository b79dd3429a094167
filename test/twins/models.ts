import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/**
 * TWIN of the two APIs that a model component speaks, strict: a path, header or field that is none of theirs is a
 * violation that a test asserts on. It checks the key.
 *
 * - OpenAI-compatible: `POST /v1/chat/completions`, https://platform.openai.com/docs/api-reference/chat/create
 * - Anthropic: `POST /v1/messages`, version 2023-06-01, https://docs.anthropic.com/en/api/messages
 */
export interface ModelTwin {
  readonly url: string;
  readonly violations: readonly string[];
  /** Each question as it arrived: the model and every text of it. */
  readonly asked: readonly { readonly model: string; readonly text: string }[];
  /** What the next questions are answered with; the last one stays. */
  answers: (string | Failure)[];
  close(): Promise<void>;
}
/** An answer that is none. */
export interface Failure {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const KEY = 'twin-model-key-8842';

const Text = z.union([z.string(), z.array(z.strictObject({ type: z.literal('text'), text: z.string() }))]);
const Chat = z.strictObject({
  model: z.string(),
  max_tokens: z.number().int().positive(),
  messages: z.array(z.strictObject({ role: z.enum(['system', 'user']), content: Text })).min(1),
});
const Messages = z.strictObject({
  model: z.string(),
  max_tokens: z.number().int().positive(),
  system: Text,
  messages: z.array(z.strictObject({ role: z.literal('user'), content: Text })).min(1),
});

const flat = (content: z.output<typeof Text>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');

const OF_HTTP =
  'host connection accept accept-language sec-fetch-mode accept-encoding user-agent content-type content-length'.split(
    ' ',
  );

/** Starts one on a free loopback port. */
export async function startModelTwin(kind: 'openai-compatible' | 'anthropic'): Promise<ModelTwin> {
  const violations: string[] = [];
  const asked: { model: string; text: string }[] = [];
  const isChat = kind === 'openai-compatible';
  const known = new Set([...OF_HTTP, ...(isChat ? ['authorization'] : ['x-api-key', 'anthropic-version'])]);
  const twin = { answers: ['{}'] as (string | Failure)[] };

  const read = (text: string) => {
    if (isChat) {
      const { model, messages } = Chat.parse(JSON.parse(text));
      return { model, text: messages.map(({ content }) => flat(content)).join('\n') };
    }
    const { model, system, messages } = Messages.parse(JSON.parse(text));
    return { model, text: [system, ...messages.map(({ content }) => content)].map(flat).join('\n') };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const reply = (status: number, body: unknown, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const given = isChat ? request.headers.authorization : request.headers['x-api-key'];
    if (given !== (isChat ? `Bearer ${KEY}` : KEY))
      return reply(401, { error: { message: `bad key ${given}` } });
    try {
      const strange = Object.keys(request.headers).filter((name) => !known.has(name));
      if (strange.length > 0) throw new Error(`header ${strange.join()}`);
      const path = isChat ? '/v1/chat/completions' : '/v1/messages';
      if (`${request.method} ${request.url}` !== `POST ${path}`) throw new Error('path');
      asked.push(read(Buffer.concat(chunks).toString()));
    } catch (error) {
      violations.push(`${request.method} ${request.url}: ${error}`);
      return reply(400, { error: { message: 'strange' } });
    }
    const answer = twin.answers.length > 1 ? twin.answers.shift() : twin.answers[0];
    if (answer === undefined || typeof answer !== 'string')
      return reply(
        answer?.status ?? 500,
        answer?.body ?? { error: { message: 'told to fail' } },
        answer?.headers,
      );
    return reply(200, isChat ? completion(answer) : message(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(twin, {
    url: `http://127.0.0.1:${port}/v1`,
    violations,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

const completion = (content: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_772_532_000,
  model: 'twin',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const message = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'twin',
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
});
