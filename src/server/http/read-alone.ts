import type { ServerResponse } from 'node:http';
import type { CallToolResult, JSONRPCRequest, Result } from '@modelcontextprotocol/server';
import type { Reading } from '../reading.ts';
import { Exchange } from './exchange.ts';

export interface AloneSettings {
  readonly response: ServerResponse;
  readonly reading: Reading;
  /** Adds what a revision wants to be said with every result. */
  readonly complete: (result: CallToolResult) => Result;
  /** Hears of what no caller is told. */
  readonly onerror: (error: Error) => void;
}

/**
 * Answers the call of a reading tool that belongs to no session, for which the SDK would make a server of its own. A
 * caller that goes away has cancelled it: nobody could ever come back for the answer.
 * @returns undefined for any other request, of which nothing was served then
 */
export function readAlone(
  request: JSONRPCRequest,
  { response, reading, complete, onerror }: AloneSettings,
): Exchange | undefined {
  const exchange = new Exchange(response);
  const reads = reading(request, exchange.signal);
  if (!reads) return undefined;
  response.once('close', () => exchange.abandon());
  void exchange.settle(request.id, reads.then(complete), onerror);
  return exchange;
}
