import type { AuditDisk } from './audit-log.ts';
import type { Batch } from './batch.ts';
import type { Head } from './checkpoint.ts';
import type { EventRecord, PlacedRequest } from './record.ts';

/** Where the batches of one chain go that this process holds: the segments of a folder, or a table of PostgreSQL. */
export interface ChainStore {
  /** The disk that it lies on, where it is one of this machine. */
  readonly disk?: AuditDisk;
  /** False when somebody else may have taken the chain, because this process showed no sign of life. */
  held(): boolean;
  /** Why nothing new may be recorded although the chain can be written, such as a disk that is nearly full. */
  shortage(): string | undefined;
  /**
   * Resolves once the batch is durable, and calls `written` when its bytes have left this process. `openFrom` is the
   * oldest record whose call has no end after the batch. After a rejection nobody knows what of the batch is there;
   * `settle` finds out. Rejects with ChainLost when the chain is somebody else's now.
   */
  commit(batch: Batch, openFrom: number, written: () => void): Promise<void>;
  /**
   * After a commit that was rejected: whether the batch is there after all. Where it is `gone`, nothing of it is
   * there and nothing of it will be. Rejects when that cannot be told yet, with ChainLost when it never can.
   */
  settle(): Promise<'gone' | 'landed'>;
  /** Shows a sign of life, where that takes more than to be alive. Rejects with ChainLost when the chain is somebody else's. */
  beat(): Promise<void>;
  /** Keeps the signed head beside the records, which have to be durable already. */
  keepHead(head: Head): Promise<void>;
  /** Lets go of the chain. */
  close(): Promise<void>;
}

/** The chain is another's now, or is not as this process left it: nothing more may be written to it from here. */
export class ChainLost extends Error {
  constructor(chain: string) {
    super(`audit chain ${chain} was taken over by another replica, or changed by hand`);
    this.name = 'ChainLost';
  }
}

/** Where a chain ends that is about to be continued. */
export interface ChainPosition {
  /** Sequence number of the last record; 0 in an empty chain. */
  readonly seq: number;
  /** SHA-256 of its line. */
  readonly head: string;
  /** Sequence number of the last checkpoint that a kept head names; 0 when there is none. */
  readonly checkpoint: number;
}

/** A chain that was taken hold of, and what has to be recorded in it first. */
export interface TakenChain {
  readonly store: ChainStore;
  readonly end: ChainPosition;
  /** Requests that an earlier process left without an end. */
  readonly orphans: readonly PlacedRequest[];
  readonly events: readonly EventRecord[];
}

/** All chains of one audit. */
export interface Chains {
  /** Names of all, lowest first. */
  list(): Promise<readonly string[]>;
  /** Those that may have been left by a process that died. */
  abandoned(): Promise<readonly string[]>;
  /**
   * Takes hold of a chain, beginning one where there is none of that name. Undefined when somebody living holds it; a
   * sentence when it is broken as no crash breaks it, and then nothing is changed.
   */
  take(chain: string): Promise<TakenChain | string | undefined>;
}
