import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../toolset/errors.ts';
import type { Executed, Undo } from './stages.ts';

/** How taking a write back ended, by what is there afterwards and not by what was sent. */
export type Restored = 'restored' | 'restored_unverified';

/** What taking a write back needs of the call that does it. */
export interface TakingBack {
  readonly undo: Undo;
  readonly signal: AbortSignal;
  /** Whether what is there now is what was there before the write; undefined where that cannot be read. */
  isBack(): Promise<boolean | undefined>;
  /** Runs the tool's way back. */
  run(): Promise<Executed>;
}

/** A service may show what was changed a moment later: it is looked at again after so many milliseconds. */
const LOOKS_AGAIN_MS = [250, 1_000];

/**
 * Takes a write back, and says what is there afterwards: `restored` when the tool read that it is as before the write;
 * what could not be read, or is not so, is called unverified.
 */
export async function takeBack({ undo, signal, isBack, run }: TakingBack): Promise<Executed> {
  const wasBack = undo.isResumed === true && (await isBack()) === true;
  try {
    await run();
  } catch (error) {
    if (!(wasBack && error instanceof ToolError && error.code === 'conflict')) throw error;
    // The process ended while this or the write ran, and the tool finds nothing to take back.
    return outputOf(undo, 'restored', true);
  }
  return outputOf(undo, (await isSeenBack(isBack, signal)) ? 'restored' : 'restored_unverified', false);
}

async function isSeenBack(isBack: TakingBack['isBack'], signal: AbortSignal): Promise<boolean> {
  let seen = await isBack();
  for (const ms of LOOKS_AGAIN_MS) {
    if (seen !== false) break;
    // What was done stands, whoever stops waiting for the proof of it.
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    seen = signal.aborted ? undefined : await isBack();
  }
  return seen === true;
}

const outputOf = ({ of }: Undo, result: Restored, wasSo: boolean): Executed => ({
  output: { taken_back: of, result, was_so_already: wasSo },
});
