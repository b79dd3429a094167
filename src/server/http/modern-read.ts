import type { IncomingMessage } from 'node:http';
import {
  type CallToolResult,
  classifyInboundRequest,
  type JSONRPCRequest,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server';
import { IDENTITY } from '../identity.ts';
import { type AloneSettings, readAlone } from './read-alone.ts';

/** The revision whose requests are read here. */
const REVISION = '2026-07-28';

/** Answers the call of a reading tool of revision 2026-07-28; false for any other request, of which nothing was served then. */
export function answerModernRead(
  request: IncomingMessage,
  body: unknown,
  settings: Omit<AloneSettings, 'complete'>,
): boolean {
  const call = modernCallIn(request, body);
  return call !== undefined && readAlone(call, { ...settings, complete }) !== undefined;
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
const complete = (result: CallToolResult) => ({
  ...result,
  resultType: 'complete',
  _meta: { ...result._meta, [SERVER_INFO_META_KEY]: IDENTITY },
});
