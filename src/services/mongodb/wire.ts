import type { Document } from 'mongodb';
import { ToolError } from '../../toolset/errors.ts';
import type { Deployment } from './deployment.ts';
import { failureOf } from './failure.ts';
import { assertUnlocked, type Lock } from './lock.ts';
import type { Bounds } from './types.ts';

/** A cursor that the server holds is let go of within this, whatever became of the call. */
const CLEANING_MS = 2_000;

/** The first batch of a cursor. */
export interface Batch {
  /** Each document's BSON. */
  readonly documents: readonly Uint8Array[];
  readonly isCut: boolean;
}

/** One database, reached through one lock. No other file hands a command to the driver. */
export class Wire {
  readonly #deployment: Deployment;
  readonly #database: string;
  readonly #lock: Lock;

  constructor(deployment: Deployment, database: string, lock: Lock) {
    this.#deployment = deployment;
    this.#database = database;
    this.#lock = lock;
  }

  /** Runs a command that changes nothing. Throws ToolError. */
  read(command: Document, bounds: Bounds): Promise<Document> {
    return this.#send(command, bounds, false);
  }

  /** Runs one that does. Throws ToolError; `outcome_unknown` when its answer was lost, or no majority has it. */
  async write(command: Document, bounds: Bounds): Promise<Document> {
    const answer = await this.#send({ ...command, writeConcern: { w: 'majority' } }, bounds, true);
    if (answer.writeConcernError)
      throw new ToolError(
        'outcome_unknown',
        'the primary made the write and a majority did not confirm it; it may still be lost',
      );
    return answer;
  }

  /** Runs a command that answers with a cursor, takes its first batch and lets go of the rest. Throws ToolError. */
  async batch(command: Document, on: string, bounds: Bounds): Promise<Batch> {
    const { cursor } = await this.#send(command, bounds, false);
    const isCut = cursor.id !== 0n;
    if (isCut) await this.#kill(on, cursor.id);
    return { documents: cursor.firstBatch, isCut };
  }

  async isSharded(): Promise<boolean> {
    return (await this.#deployment.serving()).isSharded;
  }

  async #send(command: Document, { limits, signal }: Bounds, isWrite: boolean): Promise<Document> {
    // The server's own limit ends the work even if this process is gone by then.
    const bounded = { ...command, maxTimeMS: Math.max(1, Math.floor(limits.deadlineMs)) };
    assertUnlocked(bounded, this.#lock);
    const { client } = await this.#deployment.serving();
    if (signal.aborted) throw failureOf(signal.reason, signal, false);
    try {
      return await client.db(this.#database).command(bounded, {
        signal,
        useBigInt64: true,
        fieldsAsRaw: { firstBatch: true },
      });
    } catch (error) {
      const failure = failureOf(error, signal, isWrite);
      if (failure.code === 'unreachable') await this.#deployment.forget(client);
      throw failure;
    }
  }

  /** Without this the server would keep the cursor for ten minutes; should it fail, that is what happens. */
  async #kill(collection: string, cursor: bigint): Promise<void> {
    const command = { killCursors: collection, cursors: [cursor] };
    assertUnlocked(command, this.#lock);
    const signal = AbortSignal.timeout(CLEANING_MS);
    await this.#deployment
      .serving()
      .then(({ client }) => client.db(this.#database).command(command, { signal }))
      .catch(() => {});
  }
}
