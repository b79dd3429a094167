import * as http from 'node:http';
import * as https from 'node:https';
import { TLSSocket } from 'node:tls';
import { aborted, notReached, notSure } from './failure.ts';

/** One service's place on the network, fixed by the topology. */
export interface Origin {
  readonly protocol: 'http:' | 'https:';
  /** Without the brackets of an IPv6 address. Resolved each time a connection opens. */
  readonly host: string;
  readonly port: number;
  /** Path prefix of every request: `/api`, or empty. */
  readonly prefix: string;
  /** Credentials, on every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** PEM text of the authorities to trust. */
  readonly ca?: string;
}

/** One request, as it goes out. */
export interface Outgoing {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** What came back. */
export interface Exchanged {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body was longer, and the rest was not read. */
  readonly cut: boolean;
  /** Milliseconds until the head of the answer was there. */
  readonly latencyMs: number;
  readonly tls?: { readonly protocol: string; readonly expires: Date; readonly issuer: string };
}

export interface Wire {
  /**
   * Sends one request and reads at most `most` bytes of the answer. Never follows a redirect, never sends twice.
   * @throws ToolError; `outcome_unknown` where a write may have arrived
   */
  exchange(request: Outgoing, most: number, signal: AbortSignal, writes: boolean): Promise<Exchanged>;
  close(): void;
}

/**
 * Opens the way to one service. Node's own client, not `fetch`: it sends the bytes that it is given, adds no header
 * but Host, Connection and the length, follows nothing, and asks no proxy of the environment.
 */
export function openWire(origin: Origin): Wire {
  const isTls = origin.protocol === 'https:';
  // An explicit `true` also holds against NODE_TLS_REJECT_UNAUTHORIZED.
  const trust = { rejectUnauthorized: true, ...(origin.ca === undefined ? {} : { ca: origin.ca }) };
  // One connection a request: a kept one may be closed by the server just as a write goes out on it.
  const agent = isTls
    ? new https.Agent({ keepAlive: false, ...trust })
    : new http.Agent({ keepAlive: false });
  const open = isTls ? https.request : http.request;

  return {
    close: () => agent.destroy(),
    exchange: (request, most, signal, writes) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(aborted(signal));
        const began = performance.now();
        const length = request.body ? { 'content-length': String(request.body.length) } : {};
        const outgoing = open({
          agent,
          host: origin.host,
          port: origin.port,
          method: request.method,
          path: `${origin.prefix}${request.target}`,
          headers: { ...request.headers, ...length, ...origin.headers },
          maxHeaderSize: 16 * 1024,
        });
        let sent = false;
        const fail = (error: unknown) => {
          signal.removeEventListener('abort', stop);
          outgoing.destroy();
          const failure = signal.aborted ? aborted(signal) : notReached(error);
          reject(writes && sent ? notSure(failure) : failure);
        };
        const stop = () => fail(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        outgoing.on('error', fail);
        outgoing.on('socket', (socket) => {
          socket.once(isTls ? 'secureConnect' : 'connect', () => {
            sent = true;
          });
        });
        outgoing.on('upgrade', (_, socket) => {
          socket.destroy();
          fail(new Error('the server switched protocols'));
        });
        outgoing.on('response', (incoming) => {
          const latencyMs = performance.now() - began;
          const tls = tlsOf(incoming.socket);
          readBounded(incoming, most).then(({ body, cut }) => {
            signal.removeEventListener('abort', stop);
            outgoing.destroy();
            const { statusCode: status = 0, headers } = incoming;
            resolve({ status, headers, body, cut, latencyMs, ...(tls ? { tls } : {}) });
          }, fail);
        });
        outgoing.end(request.body);
      }),
  };
}

/** Reads no more than it needs to know that there is more; then the connection is dropped, so nothing fills memory. */
async function readBounded(
  incoming: http.IncomingMessage,
  most: number,
): Promise<{ body: Buffer; cut: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > most) return { body: Buffer.concat(chunks).subarray(0, most), cut: true };
  }
  return { body: Buffer.concat(chunks), cut: false };
}

function tlsOf(socket: unknown): Exchanged['tls'] {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { valid_to, issuer } = socket.getPeerCertificate();
  const name = issuer.CN ?? issuer.O;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    expires: new Date(valid_to),
    issuer: (Array.isArray(name) ? name.join(', ') : name) ?? 'unknown',
  };
}
