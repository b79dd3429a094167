import { createHash } from 'node:crypto';
import { constants, mkdirSync, readdirSync } from 'node:fs';
import { access, copyFile, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { createFile, replaceFile, sweepLeftovers, syncFolder } from '../store/files/durable-file.ts';
import type { JsonValue } from '../toolset/define.ts';
import { parseJson } from '../toolset/http/failure.ts';
import { Version, VersionEnd, type WholeVersion } from './version.ts';

/** A version's file that is missing, or is not what it was when it was written. */
export class DamagedVersion extends Error {
  readonly number: number;
  constructor(number: number, what: string) {
    super(
      `version ${number} ${what}; restore it from a copy of the data directory, or let stackward versions repair set it aside`,
    );
    this.name = 'DamagedVersion';
    this.number = number;
  }
}

/** Parts of a version, each a file that is written once. */
const PARTS = { begin: '', after: '.after', end: '.end' } as const;
type Part = keyof typeof PARTS;

/** What a part holds. */
type Stored = JsonValue | Version | VersionEnd;

const Sealed = z.strictObject({ sha256: z.string(), content: z.json() });

/** Versions as files `NNNNNNNN.json`, `NNNNNNNN.after.json` and `NNNNNNNN.end.json` of one folder. */
export interface VersionFiles {
  /** The highest number that this process knows of; 0 when there is none. */
  last(): number;
  /** The highest number there is, whichever process took it. */
  newest(): Promise<number>;
  /**
   * Stores a version durably under the next free number; of several processes one has each. `make` is asked again
   * when another process took the number.
   */
  create(make: (number: number) => Promise<Version>): Promise<Version>;
  addAfter(number: number, after: JsonValue): Promise<void>;
  addEnd(number: number, end: VersionEnd): Promise<void>;
  /** Puts a version of an export under its own number. Throws when the number is taken. */
  restore(version: Version, after: JsonValue, end: VersionEnd | undefined): Promise<void>;
  /** Whether there is a version of that number. */
  has(number: number): Promise<boolean>;
  /** Throws DamagedVersion. */
  read(number: number): Promise<WholeVersion>;
  /** Every number there is, ascending. */
  numbers(): Promise<readonly number[]>;
  remove(number: number): Promise<void>;
  /**
   * Puts a record in the place of a damaged one of its number, which is kept beside with its other parts.
   * Gives where they are kept.
   */
  setAside(version: Version): Promise<string[]>;
}

export function openVersionFiles(folder: string): VersionFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  void sweepLeftovers(folder);
  const path = (number: number, part: Part) =>
    join(folder, `${String(number).padStart(8, '0')}${PARTS[part]}.json`);
  let last = numbersIn(readdirSync(folder)).at(-1) ?? 0;
  const numbers = cachedNumbers(folder);
  const has = (number: number) => isThere(path(number, 'begin'));
  /** Looks upwards from what is known; in the whole folder where that was taken away. */
  const newest = async () => {
    if (last > 0 && !(await has(last))) last = Math.max(last, (await numbers()).at(-1) ?? 0);
    while (await has(last + 1)) last += 1;
    return last;
  };

  const write = (number: number, part: Part, content: Stored) =>
    createFile(path(number, part), sealed(content), 0o600);
  const add = async (number: number, part: Part, content: Stored) => {
    if (!(await write(number, part, content))) throw new Error(`version ${number} has this part already`);
  };
  const readPart = async (number: number, part: Part): Promise<JsonValue | undefined> => {
    const text = await readFile(path(number, part), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new DamagedVersion(number, 'cannot be read');
    });
    return text === undefined ? undefined : unsealed(text, number);
  };

  return {
    last: () => last,
    has,
    newest,
    async create(make) {
      for (;;) {
        // Another process may have made thousands meanwhile, and taken the first of them away again.
        const number = Math.max(last, (await numbers()).at(-1) ?? 0) + 1;
        const version = Version.parse(await make(number));
        const isOurs = await write(number, 'begin', version);
        last = Math.max(last, number);
        if (isOurs) return version;
      }
    },
    async restore(version, after, end) {
      await add(version.number, 'begin', version);
      if (after !== null) await add(version.number, 'after', after);
      if (end) await add(version.number, 'end', end);
      last = Math.max(last, version.number);
    },
    addAfter: (number, after) => add(number, 'after', after),
    addEnd: (number, end) => add(number, 'end', end),
    async read(number) {
      const [begin, after, end] = await Promise.all([
        readPart(number, 'begin'),
        readPart(number, 'after'),
        readPart(number, 'end'),
      ]);
      if (begin === undefined) throw new DamagedVersion(number, 'is not there');
      const version = Version.safeParse(begin);
      const ended = VersionEnd.optional().safeParse(end);
      if (!version.success || !ended.success || version.data.number !== number)
        throw new DamagedVersion(number, 'is not in the form that this release writes');
      return { ...version.data, after: after ?? null, ...(ended.data ? { end: ended.data } : {}) };
    },
    numbers,
    async setAside(version) {
      const suffix = `.damaged-${version.time.replace(/\W/g, '')}`;
      const kept: string[] = [];
      // The beginning first: cut short here, the version is damaged still, and is set aside once more.
      for (const part of ['begin', 'after', 'end'] as const) {
        const from = path(version.number, part);
        if (!(await isThere(from))) continue;
        await copyFile(from, `${from}${suffix}`, constants.COPYFILE_EXCL);
        kept.push(`${from}${suffix}`);
        if (part !== 'begin') await unlink(from);
        else await replaceFile(from, sealed(version), 0o600);
      }
      await syncFolder(folder);
      return kept;
    },
    async remove(number) {
      // The beginning last: a removal that is cut short leaves a version that can still be read.
      for (const part of ['end', 'after', 'begin'] as const)
        await unlink(path(number, part)).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error;
        });
    },
  };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** How long a folder must have been as it is for its time of change to tell apart whatever comes next. */
const SETTLED_MS = 1_000;

/** Reads the numbers of a folder's versions, and again only once the folder has changed: it may hold many thousands. */
function cachedNumbers(folder: string): () => Promise<readonly number[]> {
  let known: { readonly changed: bigint; readonly numbers: readonly number[] } | undefined;
  return async () => {
    const { mtimeNs, mtimeMs } = await stat(folder, { bigint: true });
    if (known?.changed === mtimeNs) return known.numbers;
    const numbers = numbersIn(await readdir(folder));
    known = Date.now() - Number(mtimeMs) > SETTLED_MS ? { changed: mtimeNs, numbers } : undefined;
    return numbers;
  };
}

/** The numbers of the versions that were begun, ascending; what a killed process left half-written is none. */
const numbersIn = (names: readonly string[]): number[] =>
  names
    .filter((name) => /^\d{8,}\.json$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);

const digestOf = (content: Stored): string =>
  createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex');

const sealed = (content: Stored): string => JSON.stringify({ sha256: digestOf(content), content });

function unsealed(text: string, number: number): JsonValue {
  const parsed = Sealed.safeParse(parseJson(text));
  if (!parsed.success || digestOf(parsed.data.content) !== parsed.data.sha256)
    throw new DamagedVersion(number, 'is not what it was when it was written');
  return parsed.data.content;
}
