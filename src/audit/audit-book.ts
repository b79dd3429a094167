import type { Block } from './blocks/block.ts';
import type { Head } from './checkpoint.ts';
import type { PublishedKeys } from './keys.ts';
import type { ScannedLine } from './scan-lines.ts';

/** A stretch of a chain as it is kept: a segment, or all rows of a table. */
export interface ChainPart {
  /** Names it where something in it does not hold. */
  readonly name: string;
  /** Sequence number that its first record has to have. */
  readonly firstSeq: number;
  /** How much there is of it, in what `sizeOf` counts. */
  readonly size: number;
  /** Its lines in groups, in their order. */
  lines(): AsyncIterable<readonly ScannedLine[]>;
}

/** What tells of new records as they come. */
export interface NewsReader {
  /** From here on; what is there already is no news. */
  skipToEnd(): Promise<void>;
  /** The lines since the last look, chain by chain. */
  news(): AsyncIterable<{ readonly chain: string; readonly lines: readonly ScannedLine[] }>;
}

/**
 * An audit to be read: a folder, or the tables of a PostgreSQL. Everything that finds, shows, exports and verifies
 * records stands on it, so that it is the same for both. Its methods reject when the audit cannot be read.
 */
export interface AuditBook {
  /** Names of all chains, lowest first. */
  chains(): Promise<readonly string[]>;
  /** Lines of one chain in groups, from near the record `fromSeq` on; with `reverse` from it back, each group last line first. */
  lines(
    chain: string,
    options: { readonly fromSeq?: number; readonly reverse?: boolean },
  ): AsyncIterable<readonly ScannedLine[]>;
  /** The lines of one block, as they are now. */
  linesOf(chain: string, block: Block): Promise<readonly ScannedLine[]>;
  /** A chain whole, for whoever checks it. */
  parts(chain: string): Promise<readonly ChainPart[]>;
  /** How much of a part a line is. */
  sizeOf(line: ScannedLine): number;
  /** What names the kept head of a chain where it does not hold. */
  readonly headName: string;
  /** `'damaged'` when it is not as it was written. */
  head(chain: string): Promise<Head | 'damaged' | undefined>;
  /** Whether somebody living writes the chain. */
  isLive(chain: string): Promise<boolean>;
  /** The keys that may have signed, by id, and the files that are not what their name says. */
  publicKeys(): Promise<PublishedKeys>;
  /** The checkpoints over all chains, in groups, oldest first. */
  checkpoints(): AsyncIterable<readonly ScannedLine[]>;
  news(): NewsReader;
  /** What is known of the blocks of a chain, newest first; there may be gaps, and nothing rests on it but speed. */
  blocks(chain: string): AsyncIterable<Block>;
  /** Keeps what was found out about a block. */
  keepBlock(chain: string, block: Block): Promise<void>;
}
