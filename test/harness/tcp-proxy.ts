import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on this machine that can be cut, stopped and opened again. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection at once, as a network that breaks does; new ones pass. */
  cut(): void;
  /** Ends every connection once the client has sent a text, before the server hears of it or after. */
  cutAt(text: string, when: 'before' | 'after'): void;
  /** While closed, connections are refused. */
  setOpen(isOpen: boolean): void;
  /** While stalled, connections stay and nothing passes. */
  setStalled(isStalled: boolean): void;
  close(): Promise<void>;
}

export async function startTcpProxy(to: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isOpen = true;
  let isStalled = false;
  let trap: { readonly text: string; readonly when: 'before' | 'after' } | undefined;
  const drop = (pair: readonly [Socket, Socket]) => {
    for (const socket of pair) socket.destroy();
    pairs.delete(pair);
  };
  const cut = () => [...pairs].forEach(drop);
  const server = createServer((client) => {
    if (!isOpen) {
      client.destroy();
      return;
    }
    const upstream = connect(to, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => drop(pair));
      socket.on('close', () => drop(pair));
      if (isStalled) socket.pause();
    }
    client.on('data', (bytes) => {
      const caught = trap && bytes.includes(trap.text) ? trap : undefined;
      if (caught) trap = undefined;
      if (caught?.when === 'before') {
        cut();
        return;
      }
      upstream.write(bytes);
      // The server has the statement; its answer never arrives.
      if (caught) upstream.removeAllListeners('data').once('data', () => cut());
    });
    upstream.on('data', (bytes) => client.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    cutAt(text, when) {
      trap = { text, when };
    },
    setOpen(open) {
      isOpen = open;
      if (!open) cut();
    },
    setStalled(stalled) {
      isStalled = stalled;
      for (const socket of [...pairs].flat()) stalled ? socket.pause() : socket.resume();
    },
    async close() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
