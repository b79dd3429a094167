import { z } from 'zod';
import type { Stores } from '../store/stores.ts';
import { ToolError } from '../toolset/errors.ts';
import { mayStillEnd } from './late-ends.ts';
import { readVersion } from './look.ts';
import { SPARED_MS } from './object-store.ts';
import { reachableFrom } from './state-tree.ts';
import { stateAfter, type WholeVersion } from './version.ts';
import { DamagedVersion } from './version-files.ts';
import type { Versions } from './versions.ts';

const KEY = 'kept';

const Kept = z.record(z.string().regex(/^\d+$/), z.string());

/** Versions that are kept whatever is pruned, with the reason. */
export interface Keeper {
  list(): Promise<ReadonlyMap<number, string>>;
  /** Throws ToolError('not_found') for a version that is not there. */
  keep(number: number, why: string): Promise<void>;
  release(number: number): Promise<void>;
}

export function openKeeper(stores: Pick<Stores, 'documents' | 'leases'>, versions: Versions): Keeper {
  const documents = stores.documents('stack');
  const list = async () => {
    const kept = Kept.parse(JSON.parse((await documents.read(KEY)) ?? '{}'));
    return new Map(Object.entries(kept).map(([number, why]) => [Number(number), why]));
  };
  /** Of two that change the list at once, each finds what the other wrote. */
  const change = async (by: string, edit: (kept: Map<number, string>) => void): Promise<void> => {
    const taken = await stores.leases.take('kept', { work: 'which versions are kept', by });
    if (!('lease' in taken))
      throw new ToolError('conflict', 'somebody else changes just now which versions are kept; try again');
    try {
      const kept = new Map(await list());
      edit(kept);
      await documents.replace(KEY, JSON.stringify(Object.fromEntries(kept)), taken);
    } finally {
      await taken.lease.release().catch(() => {});
    }
  };
  return {
    list,
    async keep(number, why) {
      await readVersion(versions, number);
      await change('keep', (kept) => kept.set(number, why));
    },
    release: (number) =>
      change('release', (kept) => {
        if (!kept.delete(number)) throw new ToolError('not_found', `version ${number} is not kept`);
      }),
  };
}

/** What a pruning removed, or would. */
export interface Pruned {
  readonly versions: readonly number[];
  readonly objects: number;
  /** The first version that stays, to which the stack can still be rolled back. */
  readonly first: number;
  /** Why fewer went than was asked; absent where all did. */
  readonly held?: string;
}

/**
 * Removes the versions before one, and the objects that no version left needs.
 *
 * A rollback to a version needs every write after it, so nothing after the oldest version that is kept, or that an
 * unfinished rollback goes to, is removed. Throws DamagedVersion or DamagedObject before anything is removed.
 *
 * Other processes and replicas may write meanwhile. An object that was stored within the last hour stays: somebody may
 * be about to name it. So does what versions of the last hour need, and a version that still runs holds those after it.
 */
export async function prune(
  versions: Versions,
  { before, needed, dryRun }: { before: number; needed: ReadonlyMap<number, string>; dryRun: boolean },
): Promise<Pruned> {
  const { files, objects } = versions;
  const numbers = await files.numbers();
  const latest = numbers.at(-1) ?? 0;
  const young = await youngOf(versions, numbers);
  const held = new Map([...needed, ...running(young)]);
  const oldest = Math.min(before, latest, ...held.keys());
  const [going, staying] = [
    numbers.filter((number) => number < oldest),
    numbers.filter((number) => number >= oldest),
  ];
  const used = new Set<string>();
  for (const number of staying) await addObjects(versions, await files.read(number), used);
  // A redo or revert that stays needs the image of the write that it is about.
  const about = await imagesNeeded(versions, staying, going);
  const gone = going.filter((number) => !about.has(number));
  for (const number of about) await addObjects(versions, await files.read(number), used);
  // Whoever began a version may still build on the state of one that goes.
  for (const version of young) await addObjects(versions, version, used);
  const unused = (await objects.stale()).filter((hash) => !used.has(hash));
  let removed = 0;
  if (!dryRun) {
    for (const number of gone) await files.remove(number);
    for (const hash of unused) removed += (await objects.removeStale(hash)) ? 1 : 0;
  }
  const why = held.get(oldest);
  return {
    versions: gone,
    objects: dryRun ? unused.length : removed,
    first: oldest,
    ...(oldest < before && why !== undefined
      ? { held: `version ${oldest} stays (${why}), and a rollback to it needs every write after it` }
      : {}),
  };
}

/** The versions of the last hour that can be read, newest first. */
async function youngOf({ files }: Versions, numbers: readonly number[]): Promise<readonly WholeVersion[]> {
  const young: WholeVersion[] = [];
  for (const number of numbers.toReversed()) {
    const version = await files.read(number).catch((error: unknown) => {
      if (error instanceof DamagedVersion) return undefined;
      throw error;
    });
    if (version && Date.now() - Date.parse(version.time) > SPARED_MS) break;
    if (version) young.push(version);
  }
  return young;
}

const running = (young: readonly WholeVersion[]) =>
  young
    .filter((version) => mayStillEnd(version))
    .map(({ number, change }) => [number, `${change?.tool ?? 'it'} still runs`] as const);

async function addObjects({ objects }: Versions, version: WholeVersion, into: Set<string>): Promise<void> {
  into.add(version.topology).add(version.secrets);
  await reachableFrom(objects, version.state, into);
  await reachableFrom(objects, stateAfter(version), into);
}

async function imagesNeeded(
  { files }: Versions,
  staying: readonly number[],
  going: readonly number[],
): Promise<ReadonlySet<number>> {
  const needed = new Set<number>();
  for (let edge = [...staying]; edge.length > 0; ) {
    const next: number[] = [];
    for (const number of edge) {
      const of = (await files.read(number)).change?.of;
      if (of !== undefined && going.includes(of) && !needed.has(of)) next.push(of);
    }
    for (const number of next) needed.add(number);
    edge = next;
  }
  return needed;
}
