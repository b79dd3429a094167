import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay that keeps every byte that was sent to the backend, so that a test can say what left the process. */
export interface Wiretap {
  readonly port: number;
  /** Everything sent towards the backend since the start or the last `forget`. */
  sent(): Buffer;
  forget(): void;
  close(): Promise<void>;
}

/** Relays a free loopback port to `127.0.0.1:port`. */
export async function tapWire(port: number): Promise<Wiretap> {
  let chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = connect(port, '127.0.0.1');
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        inbound.destroy();
        outbound.destroy();
      });
    }
    inbound.on('data', (chunk) => chunks.push(chunk));
    inbound.pipe(outbound);
    outbound.pipe(inbound);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => Buffer.concat(chunks),
    forget: () => {
      chunks = [];
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
