import type { Socket } from 'node:net';

/** Bytes of the length before every answer. */
const HEAD = 4;

/**
 * Destroys a socket at the head of an answer longer than `most` bytes, before a byte of it is kept. Attach it before
 * the driver's own listener, which would gather any length.
 */
export function boundAnswers(socket: Socket, most: number, onTooLong: () => void): void {
  let head = 0;
  let seen = 0;
  let missing = 0;
  socket.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      if (missing > 0) {
        const step = Math.min(missing, chunk.length - at);
        missing -= step;
        at += step;
        continue;
      }
      head = head * 256 + (chunk[at] ?? 0);
      at += 1;
      seen += 1;
      if (seen < HEAD) continue;
      // An answer holds its correlation id at least; a length over 2^31 is a negative one.
      if (head < HEAD || head > most) {
        onTooLong();
        socket.destroy();
        return;
      }
      missing = head;
      head = 0;
      seen = 0;
    }
  });
}
