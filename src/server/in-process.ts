import { InMemoryTransport } from '@modelcontextprotocol/server';
import type { Stackward } from '../stackward.ts';
import { mcpServerFor } from './mcp-server.ts';

/**
 * The client's end of an MCP connection to the stack of this process: what speaks through it is a client like any
 * other, without a socket in between. Closing the end closes the server's.
 */
export async function linkInProcess(stackward: Stackward, principal: string): Promise<InMemoryTransport> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  await mcpServerFor(stackward, { principal }).connect(far);
  return near;
}
