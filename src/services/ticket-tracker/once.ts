import { ToolError } from '../../toolset/errors.ts';
import type { KeyLedger } from '../../toolset/key-ledger.ts';
import { digestOf } from './ticket.ts';
import type { Made } from './tracker.ts';

/** A tracker's lists may lag behind it: so long a lost write that does not show is not known to be absent. */
const MAY_LAG_MS = 60_000;

/** Times at which the answer to a write was lost, by its mark. */
export type LostWrites = KeyLedger<number>;

export interface Work {
  /** Id of what the mark made before. */
  find(): Promise<string | undefined>;
  make(): Promise<string>;
  /** The text as the tracker has it now. */
  textOf(id: string): Promise<string | undefined>;
}

/** Makes a thing unless it is there, and never while another call makes it or may just have made it. */
export const once = (lost: LostWrites, mark: string, { find, make, textOf }: Work): Promise<Made> =>
  lost.alone(mark, async () => {
    const there = await find();
    if (there !== undefined) {
      lost.forget(mark);
      return { id: there, created: false, digest: null };
    }
    const lostAt = lost.noted(mark);
    if (lostAt !== undefined && Date.now() - lostAt < MAY_LAG_MS)
      throw new ToolError(
        'conflict',
        'the same write was lost a moment ago and does not show yet; repeat it in a minute, with the same key',
      );
    const id = await make().catch((error: unknown) => {
      if (error instanceof ToolError && error.code === 'outcome_unknown') lost.note(mark, Date.now());
      throw error;
    });
    lost.forget(mark);
    return { id, created: true, digest: await readBack(() => textOf(id)) };
  });

/** The write is done, so a text that cannot be read back is a gap of the record and no failure of the call. */
async function readBack(textOf: () => Promise<string | undefined>): Promise<string | null> {
  try {
    const text = await textOf();
    return text === undefined ? null : digestOf(text);
  } catch (error) {
    if (error instanceof ToolError) return null;
    throw error;
  }
}
