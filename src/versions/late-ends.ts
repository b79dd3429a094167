import type { ObjectStore } from './object-store.ts';
import { entriesOf, withEntries } from './state-tree.ts';
import { stateAfter, type WholeVersion } from './version.ts';
import type { VersionFiles } from './version-files.ts';

/** A version without an end for longer than this never gets one: its process is gone. */
const LONGEST_MS = 15 * 60_000;

/** Whether a version has no end yet and may get one. */
export const mayStillEnd = ({ end, time }: WholeVersion): boolean =>
  !end && Date.now() - Date.parse(time) < LONGEST_MS;

/** What a version that follows begins with. */
export interface Beginning {
  readonly state: string;
  /** Versions before it that had no end yet, so that their captures are missing in its state. */
  readonly open: readonly number[];
}

/**
 * The configuration once a version is over, with what was captured for versions before it that ended only after it
 * began: they may be of other processes. Of two captures of a component that of the later version counts.
 * Throws DamagedVersion, DamagedObject.
 */
export async function beginningAfter(
  stores: { files: VersionFiles; objects: ObjectStore },
  version: WholeVersion,
): Promise<Beginning> {
  const { files, objects } = stores;
  const waiting = version.open ?? [];
  // Read in full: one of them may have captured what an earlier one captured too.
  const from = waiting[0] ?? version.number;
  const numbers = Array.from({ length: version.number - from }, (_, index) => from + index);
  // One that was pruned by now has nothing more to say.
  const later = await files.readMany(numbers);
  const ended = [...later, version].filter(({ end }) => end !== undefined);
  const late = ended.filter(({ number }) => waiting.includes(number));
  const changes = new Map<string, string>();
  for (const { number, end } of late) {
    if (!end) continue;
    const entries = await entriesOf(objects, end.state);
    for (const name of end.captured) {
      const hash = entries.get(name);
      const isOld = ended.some((other) => other.number > number && other.end?.captured.includes(name));
      if (hash !== undefined && !isOld) changes.set(name, hash);
    }
  }
  const open = [...later.filter(({ number }) => waiting.includes(number)), version].filter(mayStillEnd);
  return {
    state: await withEntries(objects, stateAfter(version), changes),
    open: open.map(({ number }) => number),
  };
}
