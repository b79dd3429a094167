import { z } from 'zod';
import type { Captured, ChangeEntry, Changes, NewChange } from '../call/changes.ts';
import { openInTurn } from '../store/in-turn.ts';
import type { Stores } from '../store/stores.ts';
import { type Beginning, beginningAfter } from './late-ends.ts';
import { type ObjectStore, openObjectStore } from './object-store.ts';
import { emptyTree, withEntries } from './state-tree.ts';
import type { Version, VersionEnd, WholeVersion } from './version.ts';
import { openVersionFiles, type VersionFiles } from './version-files.ts';

/** What a version says of the moment, besides what made it. */
export interface Moment {
  /** The topology in force. */
  topology(): { readonly text: string; readonly hash: string };
  /** Fingerprints of the credentials that were read so far, by `component.field`. */
  secrets(): Readonly<Record<string, string>>;
}

/** The versions of one stack. */
export interface Versions extends Changes {
  readonly files: VersionFiles;
  readonly objects: ObjectStore;
  /** A version that no write made: an edit of the topology, or a snapshot. */
  record(
    made: { cause: 'topology' | 'snapshot'; by: string; note?: string },
    captures?: Captured,
    options?: {
      /** Begins with nothing of the version before, whose objects may be damaged. */
      afresh?: boolean;
    },
  ): Promise<Version>;
  /** The latest version; undefined before the first. Throws DamagedVersion. */
  latest(): Promise<WholeVersion | undefined>;
}

/** Opens the version store: collections `versions` and `objects`. Images in it are unmasked: a masked one could not be put back. */
export async function openVersions({
  stores,
  moment,
}: {
  readonly stores: Pick<Stores, 'documents'>;
  readonly moment: Moment;
}): Promise<Versions> {
  const files = await openVersionFiles(stores.documents('versions'));
  const objects = openObjectStore(stores.documents('objects'));
  // The configuration as this process knows it: each version begins with it, and each capture moves it on.
  let head: { readonly number: number; readonly state: string; readonly isWhole: boolean } | undefined;
  // Versions of this process without an end. What is captured for them moves `head` on at once.
  const running = new Set<number>();
  let fingerprints: Readonly<Record<string, string>> | undefined;
  const inTurn = openInTurn();

  const latest = async () => {
    const number = await files.newest();
    return number === 0 ? undefined : files.read(number);
  };
  /** What version `number` begins with, which another process may have moved on. */
  const before = async (number: number): Promise<Beginning> => {
    if (head?.isWhole && head.number === number - 1) return { state: head.state, open: [...running] };
    if (number === 1) return { state: head?.state ?? (await emptyTree(objects)), open: [] };
    const previous = await files.read(number - 1);
    // Of credentials that another replica read this one may know nothing.
    fingerprints = { ...Fingerprints.parse(await objects.get(previous.secrets)), ...moment.secrets() };
    return beginningAfter({ files, objects }, previous);
  };
  /** Those of the version before stay known when this process has not read the credential yet. */
  const secretsNow = async (): Promise<Readonly<Record<string, string>>> => {
    const before = fingerprints ?? (await storedFingerprints());
    fingerprints = { ...before, ...moment.secrets() };
    return fingerprints;
  };
  const storedFingerprints = async () => {
    const version = await latest();
    return version ? Fingerprints.parse(await objects.get(version.secrets)) : {};
  };
  const create = (made: Pick<Version, 'cause' | 'by' | 'note' | 'change'>) =>
    inTurn(async () => {
      const { text, hash } = moment.topology();
      const topology = await objects.put(text);
      const version = await files.create(async (number) => {
        const { state, open } = await before(number);
        return {
          ...made,
          number,
          parent: number - 1,
          time: new Date().toISOString(),
          topology,
          topology_hash: hash,
          state,
          secrets: await objects.put({ ...(await secretsNow()) }),
          ...(open.length > 0 ? { open: [...open] } : {}),
        };
      });
      // What other processes capture for versions before it, this one learns of only from their files.
      const isWhole = (version.open ?? []).every((one) => running.has(one));
      head = { number: version.number, state: version.state, isWhole };
      running.add(version.number);
      return version;
    });
  const end = (version: Version, outcome: VersionEnd['outcome'], captures: Captured) =>
    inTurn(async () => {
      const state = await withCaptures(objects, head?.state ?? version.state, captures);
      if (head) head = { ...head, state };
      const missed = [...captures].flatMap(([name, one]) =>
        'missed' in one ? [[name, one.missed] as const] : [],
      );
      const captured = [...captures].flatMap(([name, one]) => ('missed' in one ? [] : [name]));
      running.delete(version.number);
      await files.addEnd(version.number, { outcome, state, captured, missed: Object.fromEntries(missed) });
    });

  return {
    files,
    objects,
    latest,
    version: files.last,
    async begin(change: NewChange): Promise<ChangeEntry> {
      const { cause, ...stored } = change;
      const version = await create({ cause, by: change.principal, change: stored });
      return {
        version: version.number,
        recordAfter: (after) => files.addAfter(version.number, after),
        end: (outcome, captures) => end(version, outcome, captures),
      };
    },
    async read(number) {
      const { change, after } = await files.read(number);
      if (!change) throw new Error(`version ${number} was made by no write`);
      return { change, after };
    },
    async record(made, captures = new Map(), { afresh = false } = {}) {
      if (afresh) {
        head = { number: await files.newest(), state: await emptyTree(objects), isWhole: true };
        fingerprints = {};
      }
      const version = await create(made);
      await end(version, 'ok', captures);
      return version;
    },
  };
}

const Fingerprints = z.record(z.string(), z.string());

async function withCaptures(objects: ObjectStore, state: string, captures: Captured): Promise<string> {
  const entries = new Map<string, string>();
  for (const [name, one] of captures)
    if ('configuration' in one) entries.set(name, await objects.put(one.configuration));
  return withEntries(objects, state, entries);
}
