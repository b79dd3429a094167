import type { Undo } from '../call/stages.ts';
import type { JournalStep } from './journal.ts';
import type { WholeVersion } from './version.ts';
import type { Versions } from './versions.ts';

/** What a step takes back: a write by its own image, a `revert` by the image of the write that it took back. */
export async function undoOf(
  version: WholeVersion,
  { how, of }: Pick<JournalStep, 'how' | 'of'>,
  { files }: Versions,
): Promise<Undo> {
  const isResumed = version.end?.outcome !== 'ok';
  if (how === 'revert')
    return { kind: how, of, before: version.change?.before ?? null, after: version.after, isResumed };
  const first = await files.read(version.change?.of ?? of);
  return { kind: how, of, before: first.change?.before ?? null, after: first.after, isResumed };
}
