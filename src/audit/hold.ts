import { mkdir, readdir, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createFile } from './durable-file.ts';
import { isMissing } from './layout.ts';
import { isAlive, ownIdentity } from './process-identity.ts';

const HEARTBEAT_MS = 5_000;
const SILENT_MS = 30_000;
const Identity = z.object({ pid: z.int(), start: z.string(), machine: z.string() });

/** This process's hold on a chain. */
export interface Hold {
  /** False once another process took the chain, which it may after this one showed no sign of life. */
  held(): boolean;
  release(): Promise<void>;
}

/**
 * Takes hold of a chain for writing, or returns undefined when a living process holds it.
 *
 * Each holder has a file of its own, named after the process, and whoever finds another living one withdraws; so
 * a dead holder's file can be removed by name with no risk of removing its successor's. A process that was killed
 * holds nothing from that moment. A holder in another container or machine counts as dead after 30 s of silence.
 */
export async function holdChain(chainDir: string): Promise<Hold | undefined> {
  await mkdir(chainDir, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { alive, dead } = await holders(chainDir);
    if (alive) return undefined;
    for (const path of dead) await unlink(path).catch(ignoreMissing);
    const own = ownIdentity();
    const path = join(chainDir, `hold-${own.pid}-${own.start.replace(/\W+/g, '_')}.json`);
    if (!(await createFile(path, JSON.stringify(own), 0o600))) return undefined;
    if (!(await isHeld(chainDir, path))) return startHeartbeat(path);
    // Two came at once and each saw the other: both step back and try again at different times.
    await unlink(path);
    await sleep(1 + Math.random() * 20);
  }
  return undefined;
}

/** Whether a living process, other than through the file `own`, holds the chain. Changes nothing. */
export async function isHeld(chainDir: string, own?: string): Promise<boolean> {
  return (await holders(chainDir, own)).alive;
}

async function holders(chainDir: string, own?: string): Promise<{ alive: boolean; dead: string[] }> {
  const dead: string[] = [];
  for (const name of await readdir(chainDir)) {
    const path = join(chainDir, name);
    if (!/^hold-.*\.json$/.test(name) || path === own) continue;
    if (await isHolderAlive(path)) return { alive: true, dead };
    dead.push(path);
  }
  return { alive: false, dead };
}

async function isHolderAlive(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    const identity = Identity.parse(JSON.parse(await readFile(path, 'utf8')));
    return isAlive(identity) ?? Date.now() - mtimeMs < SILENT_MS;
  } catch (error) {
    if (isMissing(error)) return false;
    throw new Error(`cannot tell who holds the audit chain: remove ${path} if no server uses it`, {
      cause: error,
    });
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

function startHeartbeat(path: string): Hold {
  let held = true;
  const beat = async () => {
    const now = new Date();
    await utimes(path, now, now).catch((error: unknown) => {
      if (isMissing(error)) held = false;
    });
  };
  const timer = setInterval(beat, HEARTBEAT_MS).unref();
  return {
    held: () => held,
    release: async () => {
      clearInterval(timer);
      await unlink(path).catch(ignoreMissing);
    },
  };
}
