import type { IncomingHttpHeaders } from 'node:http';
import {
  isJSONRPCRequest,
  type JSONRPCRequest,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { headerMismatch } from './header-mismatch.ts';

/** Keys of a request's `_meta` that only the next revision has. */
const ENVELOPE = 'io.modelcontextprotocol/';

/**
 * The request of a POST that surely is one of a session of revision 2025-11-25 or before, alone and well-formed.
 * Undefined for everything else, which is not refused by that: the SDK's own transport judges it.
 *
 * @param headers of a request whose body came as application/json
 */
export function plainRequestIn(headers: IncomingHttpHeaders, body: unknown): JSONRPCRequest | undefined {
  const { accept, 'mcp-protocol-version': revision } = headers;
  if (!accept?.includes('application/json') || !accept.includes('text/event-stream')) return undefined;
  if (typeof revision !== 'string' || !SUPPORTED_PROTOCOL_VERSIONS.includes(revision)) return undefined;
  if (!isJSONRPCRequest(body) || body.method === 'initialize') return undefined;
  const meta = body.params?._meta ?? {};
  if (Object.keys(meta).some((key) => key.startsWith(ENVELOPE))) return undefined;
  return headerMismatch((name) => textOf(headers[name]), body) === undefined ? body : undefined;
}

const textOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'object' ? value.join(', ') : value;
