import type { Executed, Undo } from './stages.ts';

/** How taking a write back ended, by what is there afterwards and not by what was sent. */
export type Restored = 'restored' | 'restored_unverified';

/** What taking a write back needs of the call that does it. */
export interface TakingBack {
  readonly undo: Undo;
  /** The kind of the write's effect. */
  readonly kind: 'create' | 'update' | 'destroy';
  /** Whether what the write would find now is what it found; throws where there is nothing to see. */
  isBefore(): Promise<boolean>;
  /** Keeps that the write is taken back, and runs the tool's way back unless nothing is left to do. */
  run(isBack: boolean): Promise<Executed>;
}

/** Takes a write back, and says what is there afterwards. */
export async function takeBack({ undo, kind, isBefore, run }: TakingBack): Promise<Executed> {
  const wasBefore = await isBefore().catch(() => false);
  // A rollback that was killed half-way comes by again; what is back already is not taken back twice. Of something
  // new there may be nothing to see before it is made, so that alone does not say that it is gone.
  if (wasBefore && kind !== 'create') {
    await run(true);
    return outputOf(undo, 'restored', true);
  }
  await run(false);
  const isBack = !wasBefore && (await isBefore().catch(() => false));
  return outputOf(undo, isBack ? 'restored' : 'restored_unverified', false);
}

const outputOf = ({ of }: Undo, result: Restored, wasSo: boolean): Executed => ({
  output: { taken_back: of, result, was_so_already: wasSo },
});
