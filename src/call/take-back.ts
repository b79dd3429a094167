import { ToolError } from '../toolset/errors.ts';
import type { Executed, Undo } from './stages.ts';

/** How taking a write back ended, by what is there afterwards and not by what was sent. */
export type Restored = 'restored' | 'restored_unverified';

/** What taking a write back needs of the call that does it. */
export interface TakingBack {
  readonly undo: Undo;
  /** Whether what is there now is what was there before the write, as far as can be seen. */
  isBack(): Promise<boolean>;
  /** The tool's own check: what it says holds. Without one only a difference that was seen to go proves anything. */
  readonly isProof: boolean;
  /** Runs the tool's way back. */
  run(): Promise<Executed>;
}

/**
 * Takes a write back, and says what is there afterwards.
 *
 * Where the tool has no check of its own, what the write would find is looked at: `restored` when it is what it found
 * then, and was not so before. A look that saw no difference beforehand cannot see this write, as that of a creation
 * sees nothing of what it creates; then what was done is believed and called unverified.
 */
export async function takeBack({ undo, isBack, isProof, run }: TakingBack): Promise<Executed> {
  const wasBack = await isBack();
  try {
    await run();
  } catch (error) {
    if (!(undo.isResumed && wasBack && error instanceof ToolError && error.code === 'conflict')) throw error;
    // The process ended while this ran, and the tool finds nothing more to take back.
    return outputOf(undo, isProof ? 'restored' : 'restored_unverified', true);
  }
  const isRestored = (isProof || !wasBack) && (await isBack());
  return outputOf(undo, isRestored ? 'restored' : 'restored_unverified', false);
}

const outputOf = ({ of }: Undo, result: Restored, wasSo: boolean): Executed => ({
  output: { taken_back: of, result, was_so_already: wasSo },
});
