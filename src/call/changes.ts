import type { JsonValue } from '../toolset/define.ts';

/** One write as it asks to be stored before it runs. */
export interface NewChange {
  /** `revert` and `redo` are the steps of a rollback. */
  readonly cause: 'write' | 'revert' | 'redo';
  readonly call: string;
  /** Sequence number of its request record. */
  readonly seq: number;
  readonly principal: string;
  readonly tool: string;
  readonly target: string;
  readonly resources: string[];
  readonly args: JsonValue;
  /** Null for a write that cannot be taken back. */
  readonly before: JsonValue;
  readonly irreversible?: string;
  /** The version whose write is taken back. */
  readonly of?: number;
}

/** The configuration of components as captured after a write, or why it was missed. */
export type Captured = ReadonlyMap<
  string,
  { readonly configuration: JsonValue } | { readonly missed: string }
>;

/** One write's place in the version store. */
export interface ChangeEntry {
  readonly version: number;
  recordAfter(after: JsonValue): Promise<void>;
  /** Says how it ended, with what was captured afterwards. */
  end(outcome: 'ok' | 'error' | 'outcome_unknown', captured: Captured): Promise<void>;
}

export interface Changes {
  /** Stack version now: the number of writes, topology edits and snapshots that this process knows of. */
  version(): number;
  /** Stores the before-image durably and takes the next version number, before the write runs. */
  begin(change: NewChange): Promise<ChangeEntry>;
  /** A stored change and, if the write got so far, what it left behind. */
  read(version: number): Promise<{ change: Omit<NewChange, 'cause'>; after: JsonValue }>;
}
