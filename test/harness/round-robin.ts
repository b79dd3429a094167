import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A load balancer that knows nothing: each request goes to the next port, and a port that refuses it is passed over. */
export interface RoundRobin {
  readonly url: string;
  /** The ports that requests go to; changes at once. */
  ports: number[];
  close(): Promise<void>;
}

export async function startRoundRobin(ports: readonly number[]): Promise<RoundRobin> {
  const proxy = { ports: [...ports] };
  let next = 0;
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => forward(0));
    const forward = (attempt: number): void => {
      const port = proxy.ports[next++ % proxy.ports.length];
      const { method, url: path, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
      });
      onward.on('error', (error: NodeJS.ErrnoException) => {
        // Only what surely never arrived is sent to another: a balancer that repeats the rest writes twice.
        if (error.code === 'ECONNREFUSED' && attempt < proxy.ports.length) forward(attempt + 1);
        else outgoing.destroy();
      });
      outgoing.on('close', () => onward.destroy());
      onward.end(Buffer.concat(chunks));
    };
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
