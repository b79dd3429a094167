import { z } from 'zod';
import type { Captured, ChangeEntry, Changes, NewChange } from '../call/changes.ts';
import { openInTurn } from '../store/in-turn.ts';
import type { Stores } from '../store/stores.ts';
import { timeOf, withLate } from './late-captures.ts';
import { type ObjectStore, openObjectStore } from './object-store.ts';
import { emptyTree, withEntries } from './state-tree.ts';
import { stateAfter, type Version, type VersionEnd, type WholeVersion } from './version.ts';
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
  ): Promise<Version>;
  /** The latest version; undefined before the first. Throws DamagedVersion. */
  latest(): Promise<WholeVersion | undefined>;
}

/** The configuration as this process knows it: each version begins with it, and each capture moves it on. */
interface Head {
  readonly number: number;
  readonly state: string;
  /** Versions of others that were begun and had not ended when this was known. */
  readonly others: readonly number[];
  /** When this process captured a component last. */
  readonly since: ReadonlyMap<string, string>;
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
  const own = new Set<number>();
  let head: Head | undefined;
  let fingerprints: Readonly<Record<string, string>> | undefined;
  const inTurn = openInTurn();

  const latest = async () => {
    const number = await files.newest();
    return number === 0 ? undefined : files.read(number);
  };
  /** What to begin version `number` with; another process or replica may have moved it on. */
  const headBefore = async (number: number): Promise<Head> => {
    if (head?.number === number - 1) return head.others.length === 0 ? head : withOthers(head, head.others);
    if (number === 1)
      return head ?? { number: 0, state: await emptyTree(objects), others: [], since: new Map() };
    const before = await files.read(number - 1);
    fingerprints = { ...Fingerprints.parse(await objects.get(before.secrets)), ...moment.secrets() };
    const captured = before.end?.captured ?? [];
    const since = new Map(captured.map((name) => [name, timeOf(before)]));
    const known = { number: number - 1, state: stateAfter(before), others: [], since };
    return withOthers(known, [...(before.open ?? []), ...(before.end ? [] : [before.number])]);
  };
  const withOthers = async (known: Head, numbers: readonly number[]): Promise<Head> => {
    const begun = await files.readMany(numbers);
    const { state, open } = await withLate(objects, known.state, { since: known.since, begun });
    return { ...known, state, others: open.filter((one) => !own.has(one)) };
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
      let known: Head | undefined;
      const version = await files.create(async (number) => {
        const before = await headBefore(number);
        known = before;
        const open = [...own, ...before.others].sort((a, b) => a - b);
        return {
          ...made,
          number,
          parent: number - 1,
          time: new Date().toISOString(),
          topology,
          topology_hash: hash,
          state: before.state,
          secrets: await objects.put({ ...(await secretsNow()) }),
          ...(open.length > 0 ? { open } : {}),
        };
      });
      if (known) head = { ...known, number: version.number, state: version.state };
      own.add(version.number);
      return version;
    });
  const end = (version: Version, outcome: VersionEnd['outcome'], captures: Captured) =>
    inTurn(async () => {
      own.delete(version.number);
      const state = await withCaptures(objects, head?.state ?? version.state, captures);
      const missed = [...captures].flatMap(([name, one]) =>
        'missed' in one ? [[name, one.missed] as const] : [],
      );
      const captured = [...captures].flatMap(([name, one]) => ('missed' in one ? [] : [name]));
      const at = new Date().toISOString();
      if (head)
        head = {
          ...head,
          state,
          since: new Map([...head.since, ...captured.map((name) => [name, at] as const)]),
        };
      await files.addEnd(version.number, {
        outcome,
        state,
        captured,
        missed: Object.fromEntries(missed),
        at,
      });
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
    async record(made, captures = new Map()) {
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
