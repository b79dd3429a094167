import { Client as PresentClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OlderHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

/** Where a client connects to. */
export type Way =
  | { readonly url: URL; readonly token?: string }
  | { readonly command: readonly [string, ...string[]] };

/** What the client's human answers; absent means a client that cannot ask. */
export type Human = (message: string) => {
  action: 'accept' | 'decline' | 'cancel';
  content?: { approve: boolean; reason?: string };
};

export interface Called {
  readonly text: string;
  readonly structured: Record<string, unknown> | undefined;
  readonly isError: boolean;
}

/** As much of any client as the tests use. */
export interface TestClient {
  readonly revision: string | undefined;
  tools(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>, signal?: AbortSignal): Promise<Called>;
  /** Resolves when the server has said that its tools changed, since the connection was made. */
  readonly toolsChanged: Promise<void>;
  close(): Promise<void>;
}

export interface ClientKind {
  readonly name: string;
  connect(way: Way, human?: Human): Promise<TestClient>;
}

const INFO = { name: 'test', version: '1.0.0' };
const envOf = () =>
  Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
const stdioOf = ([command, ...args]: readonly [string, ...string[]]) => ({
  command,
  args,
  env: envOf(),
  stderr: 'inherit' as const,
});
const headersOf = (token: string | undefined) =>
  token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } };

function calledOf(result: Record<string, unknown>): Called {
  const content = result.content as { type: string; text?: string }[];
  return {
    text: content.map(({ text = '' }) => text).join('\n'),
    structured: result.structuredContent as Record<string, unknown> | undefined,
    isError: result.isError === true,
  };
}

/** A client of the SDK's previous line. */
const older: ClientKind = {
  name: 'the previous SDK line',
  async connect(way, human) {
    const client = new OlderClient(INFO, { capabilities: human ? { elicitation: {} } : {} });
    const toolsChanged = new Promise<void>((resolve) =>
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve()),
    );
    if (human) client.setRequestHandler(ElicitRequestSchema, ({ params }) => human(params.message));
    // Its own types miss exactOptionalPropertyTypes.
    const transport =
      'url' in way ? new OlderHttp(way.url, headersOf(way.token)) : new OlderStdio(stdioOf(way.command));
    await client.connect(transport as OlderStdio);
    return {
      revision: 'url' in way ? (transport as OlderHttp).protocolVersion : '2025-11-25',
      toolsChanged,
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args = {}, signal) =>
        calledOf(await client.callTool({ name, arguments: args }, undefined, signal ? { signal } : {})),
      close: () => client.close(),
    };
  },
};

/** A client of the SDK's present line, held to one era. */
const present = (name: string, mode: 'legacy' | { pin: string }): ClientKind => ({
  name,
  async connect(way, human) {
    let changed: () => void = () => {};
    const toolsChanged = new Promise<void>((resolve) => {
      changed = resolve;
    });
    const client = new PresentClient(INFO, {
      capabilities: human ? { elicitation: { form: {} } } : {},
      versionNegotiation: { mode },
      listChanged: { tools: { onChanged: () => changed() } },
    });
    if (human) client.setRequestHandler('elicitation/create', ({ params }) => human(params.message));
    await client.connect(
      'url' in way
        ? new StreamableHTTPClientTransport(way.url, headersOf(way.token))
        : new StdioClientTransport(stdioOf(way.command)),
    );
    return {
      revision: client.getNegotiatedProtocolVersion(),
      toolsChanged,
      tools: async () => (await client.listTools()).tools.map((one) => one.name),
      call: async (tool, args = {}, signal) =>
        calledOf(await client.callTool({ name: tool, arguments: args }, signal ? { signal } : {})),
      close: () => client.close(),
    };
  },
});

/** Every kind of client that the server promises to serve. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  older,
  present('the present SDK line, 2025-11-25', 'legacy'),
  present('the present SDK line, 2026-07-28', { pin: '2026-07-28' }),
];
