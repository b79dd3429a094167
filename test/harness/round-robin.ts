import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A load balancer as simple as can be. */
export interface RoundRobin {
  readonly url: string;
  /** How many requests each target got. */
  readonly counts: readonly number[];
  close(): Promise<void>;
}

/**
 * Gives each request to the next target, whoever sent it.
 * @param bySession keeps a session where its id came from, as HAProxy's `stick store-response` does
 */
export async function startRoundRobin(
  targets: readonly string[],
  { bySession = false }: { bySession?: boolean } = {},
): Promise<RoundRobin> {
  const counts = targets.map(() => 0);
  const homes = new Map<string, number>();
  let turn = 0;
  const server = createServer((incoming, response) => {
    const session = incoming.headers['mcp-session-id'];
    const home = bySession && typeof session === 'string' ? homes.get(session) : undefined;
    const at = home ?? turn++ % targets.length;
    counts[at] = (counts[at] ?? 0) + 1;
    relay(incoming, response, targets[at] ?? '', (id) => homes.set(id, at));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function relay(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
  learn: (session: string) => void,
): void {
  const { method = 'GET', headers } = incoming;
  const outgoing = request(`${target}${incoming.url}`, { method, headers }, (answer) => {
    const session = answer.headers['mcp-session-id'];
    if (typeof session === 'string') learn(session);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
