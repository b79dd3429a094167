import { mkdir, readdir, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorCode, isMissing } from './file-error.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

const HEARTBEAT_MS = 5_000;
const SILENT_MS = 30_000;
const Identity = z.object({ pid: z.int(), start: z.string(), machine: z.string() });

/** This process's hold on a chain. */
export interface Hold {
  /** False when another process may have taken the chain, because this one showed no sign of life. */
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
    if (!(await createHold(path, own))) return undefined;
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

async function createHold(path: string, own: ProcessIdentity): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isHolderAlive(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    const identity = parseIdentity(await readFile(path, 'utf8'));
    return (identity && isAlive(identity)) ?? Date.now() - mtimeMs < SILENT_MS;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Undefined while the file is being written, or when a power cut emptied it. */
function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    return Identity.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

function startHeartbeat(path: string): Hold {
  let lost = false;
  let lastBeat = performance.now();
  const beat = async () => {
    const now = new Date();
    try {
      await utimes(path, now, now);
      lastBeat = performance.now();
    } catch (error) {
      lost ||= isMissing(error);
    }
  };
  const timer = setInterval(beat, HEARTBEAT_MS).unref();
  return {
    // After a long standstill the next beat tells whether somebody took over meanwhile.
    held: () => !lost && performance.now() - lastBeat < SILENT_MS - HEARTBEAT_MS,
    release: async () => {
      clearInterval(timer);
      await unlink(path).catch(ignoreMissing);
    },
  };
}
