import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointCopies } from './copies/checkpoint-copy.ts';
import { every } from './every.ts';

/** How often it is looked whether a checkpoint is due, in milliseconds. */
const LOOK_MS = 1_000;
/** At the end another process is waited for so often, so many milliseconds each time. */
const LAST_TRIES = 10;
const LAST_WAIT_MS = 100;

/** A checkpoint over all chains that was just made durable. */
export interface AddedCheckpoint {
  readonly number: number;
  readonly line: string;
}

/**
 * Makes the next checkpoint over all chains durable; undefined where nothing is new, `busy` where another process is
 * making one, which may not have seen what is new here.
 */
export type AddCheckpoint = () => Promise<AddedCheckpoint | 'busy' | undefined>;

export interface KeeperSettings {
  readonly add: AddCheckpoint;
  /** Records of this process so far. */
  lastSeq(): number;
  readonly everyMs: number;
  readonly everyRecords: number;
  readonly copies: readonly CheckpointCopies[];
  readonly onReport: (message: string) => void;
}

/** Adds checkpoints over all chains while the process lives, and a last one when the function that is returned is called. */
export function keepCheckpoints(settings: KeeperSettings): () => Promise<void> {
  const { add, lastSeq, everyMs, everyRecords, onReport } = settings;
  const copying = settings.copies.map((copies) => new Copying(copies, onReport));
  let at = performance.now();
  let seq = lastSeq();
  let isReported = false;
  /** False where it has to be tried again. */
  const run = async (): Promise<boolean> => {
    const [now, records] = [performance.now(), lastSeq()];
    let isDone = true;
    try {
      const added = await add();
      isDone = added !== 'busy';
      if (added && added !== 'busy') for (const one of copying) one.next(added);
      isReported = false;
    } catch (error) {
      if (!isReported) onReport(`no checkpoint over all audit chains could be made: ${messageOf(error)}`);
      isReported = true;
    }
    if (isDone) [at, seq] = [now, records];
    await Promise.all(copying.map((one) => one.flush()));
    return isDone;
  };
  const stop = every(Math.min(LOOK_MS, everyMs), async () => {
    const isDue = performance.now() - at >= everyMs || lastSeq() - seq >= everyRecords;
    if (isDue) await run();
    else await Promise.all(copying.map((one) => one.flush()));
  });
  return async () => {
    await stop();
    for (let left = LAST_TRIES; !(await run()) && left > 0; left -= 1) await sleep(LAST_WAIT_MS);
  };
}

/** Copies the latest checkpoint to one place, again and again until it is there. */
class Copying {
  readonly #copies: CheckpointCopies;
  readonly #onReport: (message: string) => void;
  #due: AddedCheckpoint | undefined;
  #isFailing = false;

  constructor(copies: CheckpointCopies, onReport: (message: string) => void) {
    this.#copies = copies;
    this.#onReport = onReport;
  }

  /** One that was not copied yet is passed over: the later names all that it does. */
  next(added: AddedCheckpoint): void {
    this.#due = added;
  }

  async flush(): Promise<void> {
    const due = this.#due;
    if (!due) return;
    const { name } = this.#copies;
    try {
      await this.#copies.put(due.number, due.line);
      if (this.#due === due) this.#due = undefined;
      if (this.#isFailing) this.#onReport(`checkpoints of the audit are copied to ${name} again`);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#onReport(
          `checkpoint ${due.number} of the audit could not be copied to ${name}: ${messageOf(error)}`,
        );
      this.#isFailing = true;
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
