import { ToolError } from '../../toolset/errors.ts';
import type { KeyLedger } from '../../toolset/key-ledger.ts';
import { digestOf } from './ticket.ts';
import type { Made } from './tracker.ts';

/** A tracker's lists may lag behind it: so long a write that does not show is not known to be absent. */
const MAY_LAG_MS = 60_000;

/** A write of a moment ago, which the tracker's lists may not show yet. */
export interface Recent {
  readonly at: number;
  /** What it made; absent where its answer was lost. */
  readonly id?: string;
}

/** Writes that did not show when they were last looked for, by their mark. */
export type RecentWrites = KeyLedger<Recent>;

export interface Work {
  /** Id of what the mark made before. */
  find(): Promise<string | undefined>;
  make(): Promise<string>;
  /** The text as the tracker has it now. */
  textOf(id: string): Promise<string | undefined>;
}

/** Makes a thing unless it is there, and never while another call makes it or may just have made it. */
export const once = (recent: RecentWrites, mark: string, { find, make, textOf }: Work): Promise<Made> =>
  recent.alone(mark, async () => {
    const there = (await find()) ?? (await stillThere(recent, mark, textOf));
    if (there !== undefined) return { id: there, created: false, digest: null };
    assertSettled(recent, mark);
    const id = await make().catch((error: unknown) => {
      if (error instanceof ToolError && error.code === 'outcome_unknown')
        recent.note(mark, { at: Date.now() });
      throw error;
    });
    recent.note(mark, { at: Date.now(), id });
    return { id, created: true, digest: await readBack(() => textOf(id)) };
  });

/** Throws ToolError('conflict') while a lost write may be there although nothing shows. */
export function assertSettled(recent: RecentWrites, mark: string): void {
  const noted = lately(recent, mark);
  if (noted && noted.id === undefined)
    throw new ToolError(
      'conflict',
      'the same write was lost a moment ago and does not show yet; repeat it in a minute, with the same key',
    );
}

/** Id of what was made a moment ago, asked for by its id, for which no tracker lags. */
async function stillThere(
  recent: RecentWrites,
  mark: string,
  textOf: Work['textOf'],
): Promise<string | undefined> {
  const id = lately(recent, mark)?.id;
  if (id === undefined) return undefined;
  try {
    return (await textOf(id)) === undefined ? undefined : id;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') return undefined;
    throw error;
  }
}

function lately(recent: RecentWrites, mark: string): Recent | undefined {
  const noted = recent.noted(mark);
  return noted && Date.now() - noted.at < MAY_LAG_MS ? noted : undefined;
}

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
