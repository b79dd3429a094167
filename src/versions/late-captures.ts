import type { ObjectStore } from './object-store.ts';
import { entryOf, withEntries } from './state-tree.ts';
import type { WholeVersion } from './version.ts';

/** A version that is open for longer than this was left by a process that ended; nothing is captured for it any more. Milliseconds. */
const OPEN_MS = 60 * 60_000;

/**
 * A configuration with what was captured for versions that still ran when it was written down. Of two captures of one
 * component the later stands.
 *
 * A version names those before it that had not ended (`open`). One that ended since has its captures taken in here, by
 * whoever makes the next version; one that has not is named by that again. So no capture is lost, whichever replica
 * made it and however late it came.
 * @param state the configuration, and when each capture in it that may be newer than a late one was made
 * @param begun the versions that had not ended
 */
export async function withLate(
  objects: ObjectStore,
  state: string,
  {
    since,
    begun,
  }: {
    readonly since: ReadonlyMap<string, string>;
    readonly begun: readonly WholeVersion[];
  },
): Promise<{ readonly state: string; readonly open: readonly number[] }> {
  const late = begun.filter(({ end }) => end !== undefined).sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  const entries = new Map<string, string>();
  for (const version of late)
    for (const name of version.end?.captured ?? []) {
      const isOlder = timeOf(version) < (since.get(name) ?? '');
      const entry = version.end && (await entryOf(objects, version.end.state, name));
      if (entry !== undefined && !isOlder) entries.set(name, entry);
    }
  const open = begun.filter(({ end, time }) => !end && Date.parse(time) > Date.now() - OPEN_MS);
  return { state: await withEntries(objects, state, entries), open: open.map(({ number }) => number) };
}

/** When it was captured, as far as that was written down. */
export const timeOf = ({ end, time }: WholeVersion): string => end?.at ?? time;
