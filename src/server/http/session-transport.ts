import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageExtraInfo,
  type RequestId,
  type Transport,
  type TransportSendOptions,
  WebStandardStreamableHTTPServerTransport,
  type WebStandardStreamableHTTPServerTransportOptions,
} from '@modelcontextprotocol/server';
import type { Reading } from '../reading.ts';
import type { Exchange } from './exchange.ts';

/**
 * The transport of one session: the SDK's, with a shorter way for a POST that holds a single request. That way has no
 * stream of the web platform in it, which would cost more than many a call.
 */
export class SessionTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage, extra?: MessageExtraInfo) => void;
  readonly #sdk: WebStandardStreamableHTTPServerTransport;
  /** Requests of the shorter way that were not answered yet. */
  readonly #exchanges = new Map<RequestId, Exchange>();
  /** Requests on the SDK's way that were not answered yet, and whether each has its stream for itself. */
  readonly #streamed = new Map<RequestId, { readonly isAlone: boolean }>();
  /** HTTP requests that hold several messages. */
  readonly #batches = new WeakSet<Request>();

  constructor(options: WebStandardStreamableHTTPServerTransportOptions) {
    this.#sdk = new WebStandardStreamableHTTPServerTransport(options);
    this.#sdk.onclose = () => this.#close();
    this.#sdk.onerror = (error) => this.onerror?.(error);
    this.#sdk.onmessage = (message, extra) => this.#receive(message, extra);
  }

  get sessionId(): string | undefined {
    return this.#sdk.sessionId;
  }

  setSupportedProtocolVersions(versions: string[]): void {
    this.#sdk.setSupportedProtocolVersions(versions);
  }

  start(): Promise<void> {
    return this.#sdk.start();
  }

  close(): Promise<void> {
    return this.#sdk.close();
  }

  /** Serves anything that the session may be sent, the SDK's way. */
  handleRequest(request: Request, body: unknown): Promise<Response> {
    if (Array.isArray(body)) this.#batches.add(request);
    return this.#sdk.handleRequest(request, body === undefined ? {} : { parsedBody: body });
  }

  /** Whether a request in the body has the id of one that waits for its answer, so that two could be mixed up. */
  isTaken(body: unknown): boolean {
    const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
    return messages.some((message) => {
      const { method, id } = (message ?? {}) as { method?: unknown; id?: RequestId };
      return method !== undefined && id !== undefined && (this.#exchanges.has(id) || this.#streamed.has(id));
    });
  }

  /** Serves one request that came alone, the shorter way; the shortest where `reading` takes it. */
  serve(request: JSONRPCRequest, exchange: Exchange, reading?: Reading): void {
    const { id } = request;
    this.#exchanges.set(id, exchange);
    const reads = reading?.(request, exchange.signal);
    if (!reads) {
      this.onmessage?.(request, {});
      return;
    }
    // Cancelled, it is forgotten already, and its id may be another's by now.
    const forget = () => this.#exchanges.get(id) === exchange && this.#exchanges.delete(id);
    void exchange.settle(id, reads.finally(forget), (error) => this.onerror?.(error));
  }

  /** Keeps alive what waits. */
  beat(): void {
    for (const exchange of this.#exchanges.values()) exchange.beat();
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const isAnswer = !('method' in message);
    const id = isAnswer ? message.id : options?.relatedRequestId;
    if (id === undefined) return this.#sdk.send(message);
    const exchange = this.#exchanges.get(id);
    if (isAnswer) this.#done(id);
    if (!exchange) return this.#sdk.send(message, { relatedRequestId: id });
    if (isAnswer) exchange.answer(message);
    else exchange.tell(message);
  }

  #done(id: RequestId): void {
    this.#exchanges.delete(id);
    this.#streamed.delete(id);
  }

  #receive(message: JSONRPCMessage, extra?: MessageExtraInfo): void {
    if ('method' in message && 'id' in message) {
      const isAlone = extra?.request !== undefined && !this.#batches.has(extra.request);
      this.#streamed.set(message.id, { isAlone });
    }
    this.onmessage?.(message, extra);
    if (isCancellation(message)) setImmediate(() => this.#abandon(message.params.requestId));
  }

  /**
   * A cancelled request gets no answer, so nothing else would ever end its exchange. An answer that was on its way
   * when the cancellation came has gone by now.
   */
  #abandon(id: RequestId): void {
    if (this.#streamed.get(id)?.isAlone) this.#sdk.closeSSEStream(id);
    this.#exchanges.get(id)?.abandon();
    this.#done(id);
  }

  #close(): void {
    for (const exchange of this.#exchanges.values()) exchange.abandon();
    this.#exchanges.clear();
    this.onclose?.();
  }
}

type Cancellation = JSONRPCMessage & { readonly params: { readonly requestId: RequestId } };

function isCancellation(message: JSONRPCMessage): message is Cancellation {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return false;
  const id = message.params?.requestId;
  return typeof id === 'string' || typeof id === 'number';
}
