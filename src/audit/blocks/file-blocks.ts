import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { chainPath, indexName, isMissing, listSegments, segmentFirstSeq } from '../layout.ts';
import { type Block, parseBlock, serialiseBlock } from './block.ts';

/** What was read of one index file so far. */
interface Known {
  size: number;
  blocks: Block[];
}

/** Keeps the blocks of each segment in a file beside it, a line each. */
export class FileBlocks {
  readonly #dir: string;
  readonly #known = new Map<string, Known>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async *newestFirst(chain: string): AsyncGenerator<Block> {
    const chainDir = chainPath(this.#dir, chain);
    for (const segment of (await listSegments(chainDir)).reverse())
      yield* (await this.#blocksOf(join(chainDir, indexName(segment)))).toReversed();
  }

  async keep(chain: string, block: Block): Promise<void> {
    const chainDir = chainPath(this.#dir, chain);
    const segment = (await listSegments(chainDir)).findLast((name) => segmentFirstSeq(name) <= block.first);
    if (segment === undefined) return;
    const { summary, grams } = serialiseBlock(block);
    // A line that a crash left unfinished would swallow this one; an empty line in between costs nothing.
    const file = await open(join(chainDir, indexName(segment)), 'a', 0o600);
    await file.write(`\n${summary}\t${grams}\n`).finally(() => file.close());
  }

  async #blocksOf(path: string): Promise<readonly Block[]> {
    const file = await openIfThere(path);
    if (!file) return [];
    try {
      const { size } = await file.stat();
      const before = this.#known.get(path);
      // A file that became shorter was made anew.
      const known = before && before.size <= size ? before : { size: 0, blocks: [] };
      const from = known.size;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      for (const line of buffer.toString('utf8', 0, end).split('\n')) add(known.blocks, line);
      known.size = from + end;
      this.#known.set(path, known);
      return known.blocks;
    } finally {
      await file.close();
    }
  }
}

/** A block counts when it follows the one before; what two processes wrote twice is there once. */
function add(blocks: Block[], line: string): void {
  const [summary = '', grams = ''] = line.split('\t');
  const block = summary === '' ? undefined : parseBlock(summary, grams);
  const before = blocks.at(-1);
  if (block && (!before || block.first === before.last + 1)) blocks.push(block);
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
