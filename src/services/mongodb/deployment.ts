import { type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { ToolError } from '../../toolset/errors.ts';
import { failureOf } from './failure.ts';
import { boundLogin } from './login.ts';

/** One host of a deployment. */
export interface Host {
  readonly host: string;
  readonly port: number;
}

export interface DeploymentOptions {
  readonly hosts: readonly [Host, ...Host[]];
  /** Name that every host's replica set must have; undefined for none. */
  readonly replicaSet: string | undefined;
  /** Credentials and TLS. */
  readonly client: MongoClientOptions;
}

/** The host that serves, and whether it is a mongos. */
export interface Serving {
  readonly client: MongoClient;
  readonly isSharded: boolean;
}

/** A call has no more patience with a host that does not answer. */
const PATIENCE_MS = 5_000;

/**
 * The hosts that the topology names, of which the primary serves.
 *
 * The driver would go where a server's list of members tells it to, credentials and all. So each host is a
 * connection of its own that discovers nothing, and the primary is looked for here, among those that were named.
 */
export class Deployment {
  readonly #options: DeploymentOptions;
  #serving: Promise<Serving> | undefined;
  #isClosed = false;

  constructor(options: DeploymentOptions) {
    this.#options = options;
  }

  /** The host that serves, looked for once for all calls that wait. Throws ToolError. */
  async serving(): Promise<Serving> {
    if (this.#isClosed) throw new ToolError('cancelled', 'the connection was closed');
    this.#serving ??= this.#choose().catch((error: unknown) => {
      this.#serving = undefined;
      throw error;
    });
    return this.#serving;
  }

  /** Has the next call look for the primary again, unless another has done so since `failed` failed. */
  async forget(failed: MongoClient): Promise<void> {
    const serving = await this.#serving?.catch(() => undefined);
    if (serving?.client !== failed) return;
    this.#serving = undefined;
    await failed.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#serving?.then(({ client }) => client.close()).catch(() => {});
  }

  async #choose(): Promise<Serving> {
    const probes = await Promise.allSettled(this.#options.hosts.map((host) => this.#probe(host)));
    const answered = probes.flatMap((probe) => (probe.status === 'fulfilled' ? [probe.value] : []));
    const [chosen] = answered;
    await Promise.all(answered.slice(1).map(({ client }) => client.close()));
    if (chosen) return chosen;
    const errors = probes.flatMap((probe) => (probe.status === 'rejected' ? [probe.reason] : []));
    throw errors.find((error) => error instanceof ToolError && error.code !== 'unreachable') ?? errors[0];
  }

  async #probe({ host, port }: Host): Promise<Serving> {
    const signal = AbortSignal.timeout(2 * PATIENCE_MS);
    const client = new MongoClient(`mongodb://${host}:${port}/`, {
      ...this.#options.client,
      appName: 'stackward',
      directConnection: true,
      serverSelectionTimeoutMS: PATIENCE_MS,
      connectTimeoutMS: PATIENCE_MS,
      maxPoolSize: 12,
      // A write that is sent twice may be done twice, and a retried read hides a server in trouble.
      retryWrites: false,
      retryReads: false,
      maxAdaptiveRetries: 0,
      serverMonitoringMode: 'poll',
    });
    try {
      boundLogin(client);
      await client.connect();
      const hello = await client.db('admin').command({ hello: 1 }, { signal });
      this.#assertRole(hello);
      return { client, isSharded: hello.msg === 'isdbgrid' };
    } catch (error) {
      await client.close();
      throw failureOf(error, signal, false);
    }
  }

  #assertRole({ setName, isWritablePrimary }: Document): void {
    const { hosts, replicaSet } = this.#options;
    if (replicaSet !== undefined && setName !== replicaSet)
      throw new ToolError('setting_unavailable', `a host does not belong to the replica set ${replicaSet}`);
    // A member that is named alone may be a secondary that is there to be read.
    if (hosts.length > 1 && isWritablePrimary !== true)
      throw new ToolError('unreachable', 'none of the hosts that the topology names is a primary');
  }
}
