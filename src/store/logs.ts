import type { Lease } from './leases.ts';

/** One line of a log, with its number from 1 on. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * Lines that are only ever added, numbered without a gap: what happened in a run, or in all runs. What returned
 * survives a crash; a line is there whole or not at all. Rejects with StoreError when the store is away.
 */
export interface Log {
  /**
   * Adds a line without line breaks. With a lease, only while that is held: it rejects with LeaseLost, changing
   * nothing, once somebody else may hold it.
   */
  append(text: string, under?: { readonly lease: Lease }): Promise<void>;
  /** Lines after a number, in order, at most `limit` of them. */
  read(after: number, limit?: number): Promise<readonly Line[]>;
  close(): Promise<void>;
}

/** The logs of one kind. */
export interface Logs {
  /** Makes a log that begins with a line; undefined, changing nothing, when there is one of that name. */
  begin(name: string, first: string): Promise<Log | undefined>;
  /** Takes up a log that is there; undefined when none is. */
  open(name: string): Promise<Log | undefined>;
  names(): Promise<readonly string[]>;
}

/** Lines of many writers in one order, each known by a mark of its own so that it is taken in once. */
export interface Feed {
  /** Resolves once the store has it. A line of a mark that is there already changes nothing. */
  add(mark: string, text: string): Promise<void>;
  /** Those of some marks of which no line is there. */
  missing(marks: readonly string[]): Promise<readonly string[]>;
  /** The number of the newest line; 0 before the first. */
  last(): Promise<number>;
  /** Those after a number, and then each as it comes, whoever added it, until `signal` is aborted. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<Line>;
  close(): Promise<void>;
}
