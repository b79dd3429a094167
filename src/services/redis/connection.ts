import { createClient, RESP_TYPES } from 'redis';
import { ToolError } from '../../toolset/errors.ts';
import type { RedisCommand } from './commands.ts';
import { toToolError, toWriteError } from './fault.ts';
import type { Reply } from './reply.ts';

export type Argument = string | Buffer;

/** Where a server is and how to log in; the password is already exposed, so it is never kept in an error. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly database: number;
  readonly username?: string;
  readonly password?: string;
}

export interface ConnectionOptions<C extends RedisCommand> {
  readonly address: Address;
  /** The only commands that may leave through this connection. */
  readonly allowed: readonly C[];
  /** Milliseconds without a byte after which the connection counts as broken. */
  readonly silenceMs: number;
  /** Milliseconds after which an idle connection is probed; absent for a short-lived one. */
  readonly probeMs?: number;
  /** Whether a broken connection may be opened again by the next command. */
  readonly reopens: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;
const MOST_WAITING = 1_000;

const open = ({ address, silenceMs, probeMs }: ConnectionOptions<RedisCommand>) => {
  const { host, port, database, username, password } = address;
  const shared = { host, port, connectTimeout: CONNECT_TIMEOUT_MS, socketTimeout: silenceMs };
  const client = createClient({
    // RESP 2 is what every version and every proxy speaks; all replies here are read as bytes anyway.
    RESP: 2,
    // The driver never reconnects by itself: the next command does, once, so there is no storm.
    socket: address.tls
      ? { ...shared, tls: true, reconnectStrategy: false }
      : { ...shared, reconnectStrategy: false },
    database,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: MOST_WAITING,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(probeMs === undefined ? {} : { pingInterval: probeMs }),
  });
  // Each command reports its own failure; without a listener the event would end the process.
  client.on('error', () => {});
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
};
type Driver = ReturnType<typeof open>;

/** One connection to a server, through which only an allowlist of commands can leave. */
export class Connection<C extends RedisCommand> {
  readonly #options: ConnectionOptions<C>;
  readonly #allowed: ReadonlySet<string>;
  #driver: Driver | undefined;
  #opening: Promise<Driver> | undefined;
  #isClosed = false;

  private constructor(options: ConnectionOptions<C>) {
    this.#options = options;
    this.#allowed = new Set(options.allowed);
  }

  /** Connects and logs in. Throws ToolError. */
  static async open<C extends RedisCommand>(options: ConnectionOptions<C>): Promise<Connection<C>> {
    const connection = new Connection(options);
    await connection.#ready();
    return connection;
  }

  /** Sends one command; text and bytes go as counted strings, so none can become another command. Throws ToolError. */
  async send(command: C, args: readonly Argument[], signal?: AbortSignal): Promise<Reply> {
    const words = this.#words(command, args);
    assertGoing(signal);
    const driver = await this.#ready();
    const reply = driver.sendCommand<Reply>(words).catch((error: unknown) => {
      throw toToolError(error, command);
    });
    return signal ? settleOrAbort(reply, signal) : reply;
  }

  /** Sends commands as one MULTI ... EXEC. Throws ToolError('conflict') when a watched key changed. */
  async transaction(commands: readonly (readonly [C, readonly Argument[]])[]): Promise<void> {
    const all = commands.map(([command, args]) => this.#words(command, args));
    const driver = await this.#ready();
    const multi = driver.multi();
    for (const words of all) multi.addCommand(words);
    try {
      await multi.exec();
    } catch (error) {
      throw toWriteError(error);
    }
  }

  /**
   * Queues commands of a transaction that is never executed: the server checks each against its ACL and its form as it
   * is queued, and forgets them when the connection closes, which it does here. Throws ToolError.
   */
  async rehearse(commands: readonly (readonly [C, readonly Argument[]])[]): Promise<void> {
    const all = commands.map(([command, args]) => ({ command, words: this.#words(command, args) }));
    const driver = await this.#ready();
    try {
      for (const { command, words } of [{ command: 'multi', words: ['MULTI'] }, ...all])
        await driver.sendCommand(words).catch((error: unknown) => {
          throw toToolError(error, command);
        });
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    if (this.#driver?.isOpen) this.#driver.destroy();
  }

  #words(command: C, args: readonly Argument[]): Argument[] {
    if (!this.#allowed.has(command)) throw new TypeError(`${command} is not on the list of this connection`);
    return [...command.toUpperCase().split('|'), ...args];
  }

  async #ready(): Promise<Driver> {
    if (this.#isClosed) throw new ToolError('cancelled', 'the connection was closed');
    if (this.#driver?.isReady) return this.#driver;
    if (this.#driver && !this.#options.reopens)
      throw new ToolError('unreachable', 'the connection broke; nothing was written');
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<Driver> {
    const driver = open(this.#options);
    try {
      await driver.connect();
    } catch (error) {
      throw toToolError(error, 'login');
    }
    if (this.#isClosed) driver.destroy();
    this.#driver = driver;
    return driver;
  }
}

function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

const cancelled = (signal: AbortSignal): ToolError =>
  signal.reason instanceof ToolError ? signal.reason : new ToolError('cancelled', 'the call was cancelled');

/** A reply that comes after the abort is dropped; the shared connection goes on serving others. */
function settleOrAbort(reply: Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled(signal));
    signal.addEventListener('abort', abort, { once: true });
    reply.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
