import { request } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The JSON of the body, or of the last event of its stream. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly json: any;
}

/** One HTTP request exactly as given, whatever a well-behaved client would refuse to send. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: unknown; signal?: AbortSignal } = {},
): Promise<RawAnswer> {
  const { method = 'POST', headers = {}, body, signal } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method,
      headers: { accept: ACCEPT, 'content-type': 'application/json', ...headers },
      ...(signal ? { signal } : {}),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: jsonOf(text) });
      });
    });
    outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const ACCEPT = 'application/json, text/event-stream';

function jsonOf(text: string): unknown {
  const data =
    text.startsWith('{') || text.startsWith('[')
      ? text
      : text
          .split('\n')
          .findLast((line) => line.startsWith('data: {'))
          ?.slice(6);
  try {
    return data === undefined ? undefined : JSON.parse(data);
  } catch {
    return undefined;
  }
}

let ids = 0;

export interface ModernCall {
  readonly token?: string;
  readonly elicitation?: boolean;
  readonly requestState?: string;
  readonly inputResponses?: Record<string, unknown>;
  readonly signal?: AbortSignal;
  /** Replaces headers; an empty value takes one away. */
  readonly headers?: Record<string, string>;
}

/** A `tools/call` of revision 2026-07-28, byte by byte as the caller wants it. */
export function modernCall(
  url: string,
  name: string,
  args: unknown,
  call: ModernCall = {},
): Promise<RawAnswer> {
  const { token, elicitation = true, requestState, inputResponses } = call;
  ids += 1;
  const headers: Record<string, string> = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...call.headers,
  };
  for (const [key, value] of Object.entries(headers)) if (value === '') delete headers[key];
  const _meta = {
    [PROTOCOL_VERSION_META_KEY]: '2026-07-28',
    [CLIENT_INFO_META_KEY]: { name: 'raw', version: '1' },
    [CLIENT_CAPABILITIES_META_KEY]: elicitation ? { elicitation: { form: {} } } : {},
  };
  const params = {
    name,
    arguments: args,
    _meta,
    ...(requestState === undefined ? {} : { requestState }),
    ...(inputResponses === undefined ? {} : { inputResponses }),
  };
  return send(`${url}/mcp`, {
    headers,
    ...(call.signal ? { signal: call.signal } : {}),
    body: { jsonrpc: '2.0', id: ids, method: 'tools/call', params },
  });
}

/** Headers and body of any request of revision 2026-07-28 whose method names nothing in its headers. */
export function modernBody(method: string, params: Record<string, unknown> = {}) {
  const _meta = {
    [PROTOCOL_VERSION_META_KEY]: '2026-07-28',
    [CLIENT_INFO_META_KEY]: { name: 'raw', version: '1' },
    [CLIENT_CAPABILITIES_META_KEY]: {},
  };
  return {
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method },
    body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } },
  };
}

/** What a human who agrees sends back. */
export const YES = { approval: { action: 'accept', content: { approve: true } } };

/** Opens a session of revision 2025-11-25. */
export async function openSession(url: string, token?: string): Promise<Record<string, string>> {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  };
  const body = { jsonrpc: '2.0', id: 0, method: 'initialize', params };
  const { headers } = await send(`${url}/mcp`, { headers: authorization, body });
  const session = {
    'mcp-session-id': String(headers['mcp-session-id']),
    'mcp-protocol-version': '2025-11-25',
  };
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
  await send(`${url}/mcp`, { headers: { ...authorization, ...session }, body: initialized });
  return session;
}

/** The body of a `tools/call` of revision 2025-11-25. */
export const legacyCall = (name: string, args: unknown) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
});
