import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Broker } from './broker.ts';

/** Frames of AMQP 0-9-1, as far as a client needs them that logs in, consumes and waits. */
const FRAME_METHOD = 1;
const FRAME_END = 0xce;

const short = (value: number) => Buffer.from([value >> 8, value & 255]);
const long = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const shortText = (text: string) =>
  Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
const longBytes = (bytes: Buffer) => Buffer.concat([long(bytes.length), bytes]);
const entry = (key: string, text: string) =>
  Buffer.concat([shortText(key), Buffer.from('S'), longBytes(Buffer.from(text))]);
const method = (channel: number, classId: number, methodId: number, ...args: Buffer[]) => {
  const payload = Buffer.concat([short(classId), short(methodId), ...args]);
  return Buffer.concat([
    Buffer.from([FRAME_METHOD]),
    short(channel),
    longBytes(payload),
    Buffer.from([FRAME_END]),
  ]);
};

/** A connection that consumes from one queue and acknowledges nothing, until it is closed. */
export async function consumeFrom(
  { amqpPort, user, password }: Broker,
  { vhost, queue, name }: { vhost: string; queue: string; name: string },
): Promise<{ close(): void }> {
  const socket = connect(amqpPort, '127.0.0.1');
  await once(socket, 'connect');
  const answered = reader(socket);
  const none = longBytes(Buffer.alloc(0));
  socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
  await answered(10, 10);
  const properties = longBytes(entry('connection_name', name));
  const login = longBytes(Buffer.from(`\0${user}\0${password}`));
  socket.write(method(0, 10, 11, properties, shortText('PLAIN'), login, shortText('en_US')));
  await answered(10, 30);
  socket.write(method(0, 10, 31, short(16), long(131_072), short(0)));
  socket.write(method(0, 10, 40, shortText(vhost), Buffer.from([0, 0])));
  await answered(10, 41);
  socket.write(method(1, 20, 10, Buffer.from([0])));
  await answered(20, 11);
  socket.write(method(1, 60, 20, short(0), shortText(queue), shortText(''), Buffer.from([0]), none));
  await answered(60, 21);
  return { close: () => socket.destroy() };
}

/** Waits for the broker to send a method; every frame before it is passed over. */
function reader(socket: Socket) {
  const seen: string[] = [];
  let bytes = Buffer.alloc(0);
  let wake = () => {};
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let size = frameSize(bytes); size !== undefined; size = frameSize(bytes)) {
      if (bytes[0] === FRAME_METHOD) seen.push(`${bytes.readUInt16BE(7)}.${bytes.readUInt16BE(9)}`);
      bytes = bytes.subarray(size);
    }
    wake();
  });
  socket.on('close', () => wake());
  return async (classId: number, methodId: number) => {
    for (;;) {
      const at = seen.indexOf(`${classId}.${methodId}`);
      if (at >= 0) return void seen.splice(0, at + 1);
      if (socket.destroyed) throw new Error('the broker closed the connection');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function frameSize(bytes: Buffer): number | undefined {
  if (bytes.length < 8) return undefined;
  const size = bytes.readUInt32BE(3) + 8;
  return bytes.length >= size ? size : undefined;
}
