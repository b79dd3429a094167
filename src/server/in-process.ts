import { InMemoryTransport } from '@modelcontextprotocol/server';
import type { Stackward } from '../stackward.ts';
import { type CallHolds, openCallHolds } from './call-holds.ts';
import { mcpServerFor } from './mcp-server.ts';

/** A client's end of an MCP connection within this process. */
export interface InProcessLink {
  readonly transport: InMemoryTransport;
  readonly under: CallHolds['under'];
}

/**
 * Links to the stack of this process: what speaks through it is a client like any other, without a socket in between.
 * Closing the end closes the server's.
 */
export async function linkInProcess(stackward: Stackward, principal: string): Promise<InProcessLink> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const holds = openCallHolds();
  await mcpServerFor(stackward, { principal, holds }).connect(far);
  return { transport: near, under: holds.under };
}
