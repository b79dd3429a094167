/** A place away from the audit where its checkpoints are copied to, so that an older state of everything shows. */
export interface CheckpointCopies {
  /** For people: where the copies go. */
  readonly name: string;
  /** Keeps one checkpoint under its number. Rejects when it cannot, or when another one is there under that number. */
  put(number: number, line: string): Promise<void>;
}

/** Name of the copy of one checkpoint: `checkpoint-000000000017.json`. */
export const copyName = (number: number): string => `checkpoint-${String(number).padStart(12, '0')}.json`;
