import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { listTopics } from '../../src/services/kafka/tools/list-topics.ts';
import { openKafka } from '../services/kafka/fixture.ts';

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

const CHUNK = Buffer.alloc(1024 * 1024);

/** Answers with a length and then with as many bytes as anybody takes. */
async function flood(length: number): Promise<{ port: number; sent: () => number }> {
  let sent = 0;
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      const head = Buffer.alloc(4);
      head.writeInt32BE(length);
      // In pieces, as a network may deliver it.
      socket.write(head.subarray(0, 1));
      socket.write(head.subarray(1));
      const pour = () => {
        while (!socket.destroyed && sent < 256 * CHUNK.length) {
          sent += CHUNK.length;
          if (!socket.write(CHUNK)) return void socket.once('drain', pour);
        }
      };
      pour();
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, sent: () => sent };
}

test.each([0x7fffffff, 16 * 2 ** 20 + 1, -1, -2147483648, 0, 3])(
  'an answer of %i bytes is given up at its head',
  async (length) => {
    const { port, sent } = await flood(length);
    const reading = openKafka([`127.0.0.1:${port}`]).read(listTopics, 'it', {});
    await expect(reading).rejects.toMatchObject({
      code: expect.stringMatching(/^(unreachable|result_too_large)$/),
    });
    // What sockets hold on their way, and no more.
    expect(sent()).toBeLessThan(64 * CHUNK.length);
  },
);
