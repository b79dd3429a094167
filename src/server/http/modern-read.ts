import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  classifyInboundRequest,
  type JSONRPCRequest,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server';
import { IDENTITY } from '../identity.ts';
import type { Reading } from '../reading.ts';
import { Exchange } from './exchange.ts';

/** The revision whose requests are read here. */
const REVISION = '2026-07-28';

/**
 * Answers the call of a reading tool of revision 2026-07-28, for which the SDK would make a server of its own.
 * @param onerror hears of what no caller is told
 * @returns false for any other request, of which nothing was served then
 */
export function answerModernRead(
  request: IncomingMessage,
  body: unknown,
  response: ServerResponse,
  reading: Reading,
  onerror: (error: Error) => void,
): boolean {
  const call = modernCallIn(request, body);
  if (!call) return false;
  const exchange = new Exchange(response, {});
  const reads = reading(call, exchange.signal);
  if (!reads) return false;
  // Of this revision a caller that goes away has cancelled its request.
  response.once('close', () => exchange.abandon());
  void exchange.settle(call.id, reads.then(completed), onerror);
  return true;
}

/** The `tools/call` of a POST whose headers say, in plain letters, what its body says. */
function modernCallIn({ headers }: IncomingMessage, body: unknown): JSONRPCRequest | undefined {
  const { 'mcp-method': method, 'mcp-name': name, 'mcp-protocol-version': revision } = headers;
  if (revision !== REVISION || method !== 'tools/call' || typeof name !== 'string') return undefined;
  const found = classifyInboundRequest({
    httpMethod: 'POST',
    protocolVersionHeader: revision,
    mcpMethodHeader: method,
    mcpNameHeader: name,
    body,
  });
  if (found.kind !== 'modern' || found.messageKind !== 'request') return undefined;
  if (found.classification.revision !== REVISION) return undefined;
  return found.message.params?.name === name ? found.message : undefined;
}

/** What this revision wants to be said with every result. */
const completed = (result: Awaited<NonNullable<ReturnType<Reading>>>) => ({
  ...result,
  resultType: 'complete',
  _meta: { ...result._meta, [SERVER_INFO_META_KEY]: IDENTITY },
});
