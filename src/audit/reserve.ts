import { statfs } from 'node:fs/promises';

const REFRESH_MS = 1_000;

/** Watches that some space stays free, so that what has begun can still be recorded to its end. */
export class Reserve {
  readonly folder: string;
  /** The least free space of the folder's disk. */
  readonly bytes: number;
  #checkedAt = -Infinity;
  #shortage: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, bytes: number) {
    this.folder = folder;
    this.bytes = bytes;
  }

  /** Why nothing new may be recorded; undefined while there is space. */
  shortage(): string | undefined {
    return this.#shortage;
  }

  /** Looks again when the last look is older than a second; while there is a shortage it looks by itself. */
  async refresh(): Promise<void> {
    if (this.bytes === 0 || performance.now() - this.#checkedAt < REFRESH_MS) return;
    this.#checkedAt = performance.now();
    const { bavail, bsize } = await statfs(this.folder);
    const free = bavail * bsize;
    this.#shortage =
      free < this.bytes
        ? `the audit's disk has ${free} bytes left and keeps ${this.bytes} in reserve; make space at ${this.folder}`
        : undefined;
    clearTimeout(this.#timer);
    if (this.#shortage !== undefined) {
      this.#timer = setTimeout(() => this.refresh().catch(() => {}), REFRESH_MS + 10).unref();
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
