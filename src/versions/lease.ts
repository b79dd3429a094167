import { mkdirSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createFile } from '../audit/durable-file.ts';
import { isAlive, ownIdentity } from '../audit/process-identity.ts';
import { ToolError } from '../toolset/errors.ts';

const Lease = z.object({
  rollback: z.string(),
  by: z.string(),
  since: z.iso.datetime(),
  process: z.object({ pid: z.number(), start: z.string(), machine: z.string() }),
});
export type Lease = z.output<typeof Lease>;

/**
 * Holds the one place for a rollback on a data directory while `work` runs. The lease of a process that is gone is
 * taken over. Throws ToolError('conflict') naming who holds it and since when.
 */
export async function withLease<T>(
  dir: string,
  holder: { rollback: string; by: string },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'lease.json');
  const own: Lease = { ...holder, since: new Date().toISOString(), process: ownIdentity() };
  for (;;) {
    if (await createFile(file, JSON.stringify(own), 0o600)) break;
    const held = await read(file);
    if (held && isAlive(held.process) !== false)
      throw new ToolError(
        'conflict',
        `the rollback ${held.rollback} of ${held.by} has run since ${held.since} (process ${held.process.pid}); wait for it`,
      );
    if (held) await unlink(file).catch(() => {});
  }
  try {
    return await work();
  } finally {
    await unlink(file);
  }
}

/** Undefined when it was given back just now. What cannot be read is somebody's, and stays. */
async function read(file: string): Promise<Lease | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : Lease.parse(JSON.parse(text));
}
