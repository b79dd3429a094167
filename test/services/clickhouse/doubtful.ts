import { type AddressInfo, connect, createServer } from 'node:net';

/** A relay that passes an INSERT on and then breaks the connection, so that its answer never arrives. */
export async function openDoubtful(port: number): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((inbound) => {
    const outbound = connect(port, '127.0.0.1');
    let isInsert = false;
    inbound.on('error', () => {});
    outbound.on('error', () => {});
    inbound.on('data', (chunk) => {
      isInsert ||= chunk.includes('INSERT INTO');
      outbound.write(chunk);
    });
    outbound.on('data', (chunk) => {
      if (isInsert) inbound.destroy();
      else inbound.write(chunk);
    });
    inbound.on('close', () => outbound.destroy());
    outbound.on('close', () => inbound.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
