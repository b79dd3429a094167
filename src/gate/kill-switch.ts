import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'kill-switch.json';

const State = z.strictObject({
  on: z.boolean(),
  by: z.string(),
  reason: z.string(),
  at: z.iso.datetime(),
});

/** How the switch stands, who put it so and why; `on` means that nobody writes. */
export interface KillSwitchState {
  readonly on: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly at?: string;
}

/** Stops every write of every principal, in every process on the data directory, until it is put back. */
export interface KillSwitch {
  /** The switch as it is on the disk now. Throws an Error when that cannot be told, which counts as on. */
  read(): KillSwitchState;
  /** Durable when it returns. */
  set(on: boolean, who: { by: string; reason: string }): KillSwitchState;
}

/**
 * The switch is one file of the data directory, read anew for every write: there is nothing to be told or restarted.
 *
 * A directory without the file has its writes open. Whatever else is found there and is not a sound `"on": false`
 * stops writes, and so does a directory that is gone: a file that cannot be looked for is not one that is absent.
 */
export function openKillSwitch({ dir }: { dir: string }): KillSwitch {
  const file = join(dir, FILE);
  return {
    read() {
      const text = readIfThere(file);
      if (text !== undefined) return parse(text);
      statSync(dir);
      return { on: false };
    },
    set(on, { by, reason }) {
      const state = { on, by, reason, at: new Date().toISOString() };
      replaceDurably(file, `${JSON.stringify(state)}\n`);
      return state;
    },
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${FILE} cannot be read`, { cause: error });
  }
}

function parse(text: string): KillSwitchState {
  try {
    return State.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${FILE} is not as it was written`, { cause: error });
  }
}

/** Written aside and renamed: a write that is judged meanwhile finds the old state or the new one, never half of one. */
function replaceDurably(file: string, text: string): void {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const fd = openSync(aside, 'wx', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(aside, file);
}
