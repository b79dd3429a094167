import type { ServerResponse } from 'node:http';
import {
  INTERNAL_ERROR,
  type JSONRPCMessage,
  type RequestId,
  type Result,
} from '@modelcontextprotocol/server';

/** What keeps whoever stands between from holding a stream back, or from changing it. */
const STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * One POST that holds one request, and the way back to who sent it: a JSON document when the answer is the first thing
 * that is said, a stream of events as soon as anything is said before it.
 */
export class Exchange {
  readonly #response: ServerResponse;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #stop = new AbortController();

  /** @param headers what every answer carries */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>) {
    this.#response = response;
    this.#headers = headers;
  }

  /** Aborted when nobody wants the answer any more. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether its caller can still be told anything. */
  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Says the last word. One that nobody waits for any more is lost, as the protocol has it. */
  answer(message: JSONRPCMessage): void {
    if (!this.isOpen) return;
    const text = JSON.stringify(message);
    if (this.#response.headersSent) {
      this.#response.end(eventOf(text));
      return;
    }
    this.#response.writeHead(200, {
      ...this.#headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    this.#response.end(text);
  }

  /** Answers with what comes of the work, or with an error that tells nothing of it. */
  async settle(id: RequestId, work: Promise<Result>, onerror: (error: Error) => void): Promise<void> {
    try {
      this.answer({ jsonrpc: '2.0', id, result: await work });
    } catch (error) {
      onerror(error instanceof Error ? error : new Error(String(error)));
      this.answer({ jsonrpc: '2.0', id, error: { code: INTERNAL_ERROR, message: 'Internal error' } });
    }
  }

  /** Says something before the answer. Throws when its caller went away: nobody would ever reply. */
  tell(message: JSONRPCMessage): void {
    if (!this.isOpen) throw new Error('whoever sent the request went away');
    this.#stream().write(eventOf(JSON.stringify(message)));
  }

  /** Shows that the answer is still to come: what stands between lets go of a connection that is silent for long. */
  beat(): void {
    if (this.isOpen) this.#stream().write(': keepalive\n\n');
  }

  /** Ends without an answer, because there will be none. */
  abandon(): void {
    this.#stop.abort();
    if (this.isOpen) this.#stream().end();
  }

  #stream(): ServerResponse {
    return this.#response.headersSent
      ? this.#response
      : this.#response.writeHead(200, { ...this.#headers, ...STREAM });
  }
}

/** JSON has no line break outside of its strings, and inside of them none unescaped: it is one line of data. */
const eventOf = (json: string): string => `event: message\ndata: ${json}\n\n`;
