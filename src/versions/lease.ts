import { mkdirSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../store/files/durable-file.ts';
import { holdChain } from '../store/files/hold.ts';
import { ToolError } from '../toolset/errors.ts';

const Lease = z.object({
  rollback: z.string(),
  by: z.string(),
  since: z.iso.datetime(),
  pid: z.number(),
});
export type Lease = z.output<typeof Lease>;

/**
 * Holds the one place for a rollback on a data directory while `work` runs, which is told whether it still does.
 * That of a process that is gone is free; one in another container counts as gone after half a minute of silence.
 * Throws ToolError('conflict') naming who holds it and since when.
 */
export async function withLease<T>(
  dir: string,
  holder: { rollback: string; by: string },
  work: (isHeld: () => boolean) => Promise<T>,
): Promise<T> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'lease.json');
  const hold = await holdChain(dir);
  if (!hold) throw new ToolError('conflict', describe(await read(file)));
  try {
    const own: Lease = { ...holder, since: new Date().toISOString(), pid: process.pid };
    await replaceFile(file, JSON.stringify(own), 0o600);
    return await work(hold.held);
  } finally {
    await unlink(file).catch(() => {});
    await hold.release();
  }
}

const describe = (lease: Lease | undefined): string =>
  lease
    ? `the rollback ${lease.rollback} of ${lease.by} has run since ${lease.since} (process ${lease.pid}); wait for it`
    : 'another rollback begins or ends just now; try again';

/** Who holds the place, for people; undefined where that is not told. */
async function read(file: string): Promise<Lease | undefined> {
  try {
    return Lease.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
