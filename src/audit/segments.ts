import { constants, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../store/files/durable-file.ts';
import { segmentName } from './layout.ts';

/** The part of a file handle that the log uses. A test gives its own to count flushes or to fail them. */
export interface SegmentFile {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a segment for writing, creating it when it is not there. */
export type OpenSegment = (path: string) => Promise<SegmentFile>;

/** Up to this many bytes a write into the page cache is quicker than handing it to another thread and back. */
const WRITTEN_AT_ONCE = 64 * 1024;

const openSegment: OpenSegment = async (path) => {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  return {
    write: async (bytes, offset, length, position) =>
      length > WRITTEN_AT_ONCE
        ? file.write(bytes, offset, length, position)
        : { bytesWritten: writeSync(file.fd, bytes, offset, length, position) },
    datasync: () => file.datasync(),
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  };
};

/** Writes a chain's bytes into its segments. One batch at a time; what `sync` covered is never touched again. */
export class Segments {
  readonly #chainDir: string;
  readonly #maxBytes: number;
  readonly #open: OpenSegment;
  #name: string;
  #file: SegmentFile | undefined;
  #durable: number;
  #size: number;

  constructor(
    chainDir: string,
    at: { readonly segment: string; readonly size: number },
    options: { readonly maxBytes: number; readonly open?: OpenSegment | undefined },
  ) {
    this.#chainDir = chainDir;
    this.#maxBytes = options.maxBytes;
    this.#open = options.open ?? openSegment;
    this.#name = at.segment;
    this.#durable = at.size;
    this.#size = at.size;
  }

  /** Writes all bytes of a batch whose first record is `firstSeq`, into a new segment when this one would overflow. */
  async write(bytes: Uint8Array, firstSeq: number): Promise<void> {
    if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) await this.#rotate(firstSeq);
    const file = await this.#current();
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, this.#size);
      done += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  /** Makes everything written durable. */
  async sync(): Promise<void> {
    await this.#file?.datasync();
    this.#durable = this.#size;
  }

  /** Cuts what a failed batch left behind, so that the next one continues a whole chain. */
  async rollback(): Promise<void> {
    // A handle that failed once is not trusted again.
    await this.close();
    const file = await this.#current();
    await file.truncate(this.#durable);
    await file.datasync();
    this.#size = this.#durable;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    // Closing reports nothing that the flush before did not.
    await file?.close().catch(() => {});
  }

  async #rotate(firstSeq: number): Promise<void> {
    await this.close();
    this.#name = segmentName(firstSeq);
    this.#size = 0;
    this.#durable = 0;
  }

  async #current(): Promise<SegmentFile> {
    if (!this.#file) {
      this.#file = await this.#open(join(this.#chainDir, this.#name));
      await syncFolder(this.#chainDir);
    }
    return this.#file;
  }
}
