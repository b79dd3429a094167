import { setMaxListeners } from 'node:events';
import { isIP } from 'node:net';
import {
  type API,
  AuthenticationError,
  type Callback,
  Connection,
  GenericError,
  MultipleErrors,
  ResponseError,
  type ResponseParser,
  type Writer,
} from '@platformatic/kafka';
import { ToolError } from '../../../toolset/errors.ts';
import { abortFailure, unknownOutcome } from '../../../toolset/http/failure.ts';
import type { Address } from '../connection.ts';
import { apiVersions } from './api-versions.ts';
import { CHANGING_APIS } from './apis.ts';
import { boundAnswers } from './bound-answers.ts';
import { refusal } from './refusal.ts';
import { type Login, saslOptions } from './sasl.ts';

const CLIENT_ID = 'stackward';
const CONNECT_TIMEOUT_MS = 5_000;
/** Just above the deadline of a call, which ends first; a connection that is silent for so long is given up. */
const SILENCE_MS = 35_000;
const UNSUPPORTED_VERSION = 35;
const LOGIN_FAILED = 58;
/** Most bytes of one answer that are read at all. */
const MAX_ANSWER_BYTES = 16 * 2 ** 20;

export interface BrokerOptions {
  readonly tls: boolean;
  readonly login?: Login;
  /** API keys of the only requests that may leave. */
  readonly allowed: ReadonlySet<number>;
}

/** The driver's connection, through which only an allowlist of requests can leave. */
class GuardedConnection extends Connection {
  readonly #allowed: ReadonlySet<number>;

  constructor({ tls, login, allowed }: BrokerOptions, host: string) {
    super(CLIENT_ID, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: SILENCE_MS,
      ...(tls ? { tls: {}, tlsServerName: isIP(host) === 0 } : {}),
      ...(login ? { sasl: saslOptions(login) } : {}),
    });
    this.#allowed = allowed;
    // Each request reports its own failure; without a listener the event would end the process.
    this.on('error', () => {});
  }

  override send<R>(
    key: number,
    version: number,
    payload: () => Writer,
    parser: ResponseParser<R>,
    hasRequestTags: boolean,
    hasResponseTags: boolean,
    callback: Callback<R>,
  ): void {
    if (!this.#allowed.has(key)) throw new TypeError(`API ${key} is not on the list of this connection`);
    super.send(key, version, payload, parser, hasRequestTags, hasResponseTags, callback);
  }
}

/** One broker, connected and logged in. */
export class Broker {
  readonly #connection: GuardedConnection;
  #versions: ReadonlyMap<number, readonly [number, number]> = new Map();
  #sentTooMuch = false;

  private constructor(connection: GuardedConnection) {
    this.#connection = connection;
  }

  /** Connects, logs in and asks which requests the broker knows. Throws ToolError. */
  static async open({ host, port }: Address, options: BrokerOptions): Promise<Broker> {
    const connection = new GuardedConnection(options, host);
    const broker = new Broker(connection);
    try {
      const connecting = connection.connect(host, port);
      boundAnswers(connection.socket, MAX_ANSWER_BYTES, () => {
        broker.#sentTooMuch = true;
      });
      await connecting;
      broker.#versions = await apiVersions.async(connection);
    } catch (error) {
      broker.close();
      throw openingFailure(error);
    }
    return broker;
  }

  get isOpen(): boolean {
    const { status } = this.#connection;
    return status === 'connected' || status === 'reauthenticating';
  }

  /** Whether the broker takes a request in the version that is spoken here. */
  knows({ key, version }: { readonly key: number; readonly version: number }): boolean {
    const [least, most] = this.#versions.get(key) ?? [1, 0];
    return version >= least && version <= most;
  }

  /** Sends one request and gives its answer, in which no part failed. Throws ToolError. */
  async ask<A extends unknown[], R>(api: API<A, R>, args: A, signal: AbortSignal): Promise<R> {
    try {
      return await this.#send(api, args, signal);
    } catch (error) {
      throw this.#failure(error, api.key, signal);
    }
  }

  /** The same for an answer whose parts carry a code each; the caller looks at them. */
  async askForParts<A extends unknown[], R>(api: API<A, R>, args: A, signal: AbortSignal): Promise<R> {
    try {
      return await this.#send(api, args, signal);
    } catch (error) {
      if (error instanceof ResponseError) return error.response;
      throw this.#failure(error, api.key, signal);
    }
  }

  close(): void {
    // A socket that still connects is not closed by the driver's close().
    this.#connection.socket?.destroy();
    this.#connection.close(() => {});
  }

  #send<A extends unknown[], R>(api: API<A, R>, args: A, signal: AbortSignal): Promise<R> {
    if (signal.aborted) throw abortFailure(signal);
    if (!this.knows(api)) throw refusal(UNSUPPORTED_VERSION);
    const answer = api.async(this.#connection, ...args);
    // After anything but an answer the stream of answers is not to be trusted; the next call opens another.
    answer.catch((error: unknown) => {
      if (!(error instanceof ResponseError)) this.close();
    });
    return untilAborted(answer, signal);
  }

  #failure(error: unknown, key: number, signal: AbortSignal): ToolError {
    const isWrite = CHANGING_APIS.has(key);
    if (error instanceof ToolError) return error;
    if (error instanceof ResponseError) return refusal(codeOf(error), isWrite);
    const failure = this.#lostAnswer(error, signal);
    return isWrite ? unknownOutcome(failure) : failure;
  }

  #lostAnswer(error: unknown, signal: AbortSignal): ToolError {
    if (error instanceof Aborted) return abortFailure(signal);
    if (this.#sentTooMuch)
      return new ToolError('result_too_large', 'the broker’s answer is larger than 16 MiB; ask for less');
    if (error instanceof GenericError || error instanceof MultipleErrors)
      return new ToolError('unreachable', 'the connection to the broker broke', { cause: error });
    return new ToolError('backend_failed', 'the broker’s answer cannot be read', { cause: error });
  }
}

/** A wait that the call's signal ended. */
class Aborted extends Error {}

/** An answer that comes after the abort is dropped; the shared connection goes on serving others. */
export function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  // One call may wait for as many brokers as the cluster has.
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Aborted());
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const codeOf = (error: ResponseError): number => {
  const [first] = error.errors;
  return first instanceof GenericError && typeof first.apiCode === 'number' ? first.apiCode : -1;
};

/** Names of the failures of a certificate, as Node has them. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_/;

function openingFailure(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  const chain = causesOf(error);
  if (chain.some((one) => one instanceof AuthenticationError || apiCode(one) === LOGIN_FAILED))
    return refusal(LOGIN_FAILED);
  const codes = chain.flatMap((one) => ('code' in one && typeof one.code === 'string' ? [one.code] : []));
  if (codes.some((code) => CERTIFICATE.test(code)))
    return new ToolError('unreachable', 'the broker’s certificate is not valid for its host', {
      cause: error,
    });
  const code = codes.find((one) => /^E[A-Z]+$/.test(one)) ?? 'no connection';
  return new ToolError('unreachable', `the broker could not be reached (${code})`, { cause: error });
}

const apiCode = (error: Error): unknown => ('apiCode' in error ? error.apiCode : undefined);

/** An error, what caused it and what it gathers, flat. */
function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const gathered = error instanceof AggregateError ? error.errors.flatMap(causesOf) : [];
  return [error, ...gathered, ...causesOf(error.cause)];
}
