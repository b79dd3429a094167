import type { JsonValue } from '../toolset/define.ts';

/** One write's place in the version store. */
export interface ChangeEntry {
  readonly version: number;
  recordAfter(after: JsonValue): Promise<void>;
}

/** One write as the version store keeps it: what it did, and what it found. */
export interface StoredChange {
  readonly version: number;
  readonly call: string;
  readonly time: string;
  readonly principal: string;
  readonly topology: string;
  readonly tool: string;
  readonly target: string;
  readonly args: JsonValue;
  /** Null for a write that cannot be taken back. */
  readonly before: JsonValue;
}

export interface Changes {
  /** Stack version now: the number of writes that reached their before-image, over all processes on the data directory. */
  version(): number;
  /** Stores the before-image durably and takes the next version number, before the write runs. */
  begin(change: Omit<StoredChange, 'version' | 'time'>): Promise<ChangeEntry>;
  /** A stored change and, if the write got so far, what it left behind. */
  read(version: number): Promise<{ change: StoredChange; after: JsonValue }>;
}
