import { z } from 'zod';
import type { Documents } from '../store/documents.ts';

const KEY = 'kill-switch';

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

/** Stops every write of every principal, in every process and replica on the store, until it is put back. */
export interface KillSwitch {
  /** The switch as it is stored now. Rejects with an Error when that cannot be told, which counts as on. */
  read(): Promise<KillSwitchState>;
  /** Durable when it resolves. */
  set(on: boolean, who: { by: string; reason: string }): Promise<KillSwitchState>;
}

/**
 * The switch is one document, read anew for every write: there is nothing to be told or restarted.
 *
 * A store without it has its writes open. Whatever else is found there and is not a sound `"on": false` stops writes,
 * and so does a store that is away or a data directory that is gone.
 */
export function openKillSwitch(stack: Documents): KillSwitch {
  return {
    async read() {
      const text = await readIfThere(stack);
      return text === undefined ? { on: false } : parse(text);
    },
    async set(on, { by, reason }) {
      const state = { on, by, reason, at: new Date().toISOString() };
      await stack.replace(KEY, `${JSON.stringify(state)}\n`);
      return state;
    },
  };
}

async function readIfThere(stack: Documents): Promise<string | undefined> {
  try {
    return await stack.read(KEY);
  } catch (error) {
    throw new Error('the kill switch cannot be read', { cause: error });
  }
}

function parse(text: string): KillSwitchState {
  try {
    return State.parse(JSON.parse(text));
  } catch (error) {
    throw new Error('the kill switch is not as it was written', { cause: error });
  }
}
