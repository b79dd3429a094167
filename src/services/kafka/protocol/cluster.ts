import { metadataV10 } from '@platformatic/kafka';
import { ToolError } from '../../../toolset/errors.ts';
import { abortFailure } from '../../../toolset/http/failure.ts';
import { type Address, addressKey } from '../connection.ts';
import { Broker, type BrokerOptions, untilAborted } from './broker.ts';

export interface ClusterOptions extends BrokerOptions {
  /** Brokers that the topology names. */
  readonly declared: readonly Address[];
  /** Whether brokers that the cluster names and the topology does not may be connected to as well. */
  readonly trustsAdvertised: boolean;
  /** Reports a condition to the operator. */
  warn(message: string): void;
}

export interface Node extends Address {
  readonly nodeId: number;
}

/** An advertised host that can be shown: what a name may hold and nothing else. */
const PRINTABLE_HOST = /^[a-zA-Z0-9._:-]{1,255}$/;

/**
 * Connections to the brokers of one cluster, each opened once and shared.
 *
 * A cluster says by itself where its brokers are, and whoever answers for one could send the credentials anywhere. So
 * an address that the topology does not name is not connected to, unless the topology says that it may be.
 */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #declared: ReadonlySet<string>;
  readonly #brokers = new Map<string, Promise<Broker>>();
  #nodes: ReadonlyMap<number, Node> = new Map();
  #isClosed = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#declared = new Set(options.declared.map(addressKey));
  }

  /** Any broker: the first of the declared ones that answers. Throws ToolError. */
  async any(signal: AbortSignal): Promise<Broker> {
    let failure = new ToolError('unreachable', 'no broker is declared');
    for (const address of this.#options.declared) {
      try {
        return await this.#at(address, signal);
      } catch (error) {
        if (!(error instanceof ToolError) || error.code !== 'unreachable') throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** The broker with a number. Throws ToolError, also for one at an address that the topology does not name. */
  async node(nodeId: number, signal: AbortSignal): Promise<Broker> {
    const node = this.#nodes.get(nodeId);
    if (!node)
      throw new ToolError('backend_failed', `the cluster has no broker ${nodeId} at the moment; try again`);
    return this.advertised(node, signal);
  }

  /** A broker at an address that the cluster gave. */
  async advertised({ nodeId, host, port }: Node, signal: AbortSignal): Promise<Broker> {
    if (!this.#options.trustsAdvertised && !this.#declared.has(addressKey({ host, port }))) {
      const where = PRINTABLE_HOST.test(host) ? `${host}:${port}` : 'an address that is none';
      this.#options.warn(
        `broker ${nodeId} is advertised at ${where}, which brokers of the component does not name; it is not connected to`,
      );
      throw new ToolError(
        'unreachable',
        `broker ${nodeId} is advertised at an address that the topology does not name; add it to brokers, or set advertised: any`,
      );
    }
    return this.#at({ host, port }, signal);
  }

  /** The brokers that the cluster has now. */
  async nodes(signal: AbortSignal): Promise<readonly Node[]> {
    await this.metadata([], signal);
    return [...this.#nodes.values()];
  }

  /**
   * The metadata of topics, or of all with null. Never lets the broker make a topic that is missing.
   *
   * @param withOperations whether it shall say what the account may do to each
   */
  async metadata(topics: string[] | null, signal: AbortSignal, withOperations = false) {
    const broker = await this.any(signal);
    const answer = await broker.askForParts(metadataV10.api, [topics, false, withOperations], signal);
    this.#nodes = new Map(answer.brokers.map((node) => [node.nodeId, node]));
    return answer;
  }

  /** The broker that carries out changes of topics; any other would pass them on to it, or refuse. */
  async controller(signal: AbortSignal): Promise<Broker> {
    const { controllerId } = await this.metadata([], signal);
    return this.node(controllerId, signal);
  }

  /** Lets go of every connection; one that is still being opened is closed once it is open. */
  close(): void {
    this.#isClosed = true;
    for (const opening of this.#brokers.values())
      opening.then(
        (broker) => broker.close(),
        () => {},
      );
  }

  async #at(address: Address, signal: AbortSignal): Promise<Broker> {
    this.#assertGoing();
    if (signal.aborted) throw abortFailure(signal);
    const key = addressKey(address);
    const known = this.#brokers.get(key);
    const open = known && (await untilAborted(known, signal).catch(stopped(signal)));
    if (open?.isOpen) return open;
    open?.close();
    this.#assertGoing();
    const other = this.#brokers.get(key);
    // Somebody else who waited may have opened it again meanwhile.
    const opening = other === undefined || other === known ? this.#open(key, address) : other;
    return untilAborted(opening, signal).catch(stopped(signal));
  }

  #assertGoing(): void {
    if (this.#isClosed) throw new ToolError('cancelled', 'the connection was closed');
  }

  #open(key: string, address: Address): Promise<Broker> {
    const opening = Broker.open(address, this.#options);
    this.#brokers.set(key, opening);
    opening.catch(() => {
      if (this.#brokers.get(key) === opening) this.#brokers.delete(key);
    });
    return opening;
  }
}

/** Turns the end of a wait into the error of the catalogue. */
const stopped =
  (signal: AbortSignal) =>
  (error: unknown): never => {
    throw error instanceof ToolError ? error : abortFailure(signal);
  };
