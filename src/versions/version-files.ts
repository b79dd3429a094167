import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { Documents } from '../store/documents.ts';
import type { JsonValue } from '../toolset/define.ts';
import { parseJson } from '../toolset/http/failure.ts';
import { Version, VersionEnd, type WholeVersion } from './version.ts';

/** A version that is missing, or is not what it was when it was written. */
export class DamagedVersion extends Error {
  readonly number: number;
  constructor(number: number, what: string) {
    super(
      `version ${number} ${what}; restore it from a copy of the store, or let stackward versions repair set it aside`,
    );
    this.name = 'DamagedVersion';
    this.number = number;
  }
}

/** Parts of a version, each a document that is written once. */
const PARTS = { begin: '', after: '.after', end: '.end' } as const;
type Part = keyof typeof PARTS;

/** What a part holds. */
type Stored = JsonValue | Version | VersionEnd;

const Sealed = z.strictObject({ sha256: z.string(), content: z.json() });

/** Versions as documents `NNNNNNNN`, `NNNNNNNN.after` and `NNNNNNNN.end` of one collection. */
export interface VersionFiles {
  /** The highest number that this process knows of; 0 when there is none. */
  last(): number;
  /** The highest number there is, whoever took it. */
  newest(): Promise<number>;
  /**
   * Stores a version durably under the next free number; of several processes or replicas one has each. `make` is
   * asked again when another took the number.
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
  /** Those of some numbers that are there, in the order in which they were asked for. Throws DamagedVersion. */
  readMany(numbers: readonly number[]): Promise<readonly WholeVersion[]>;
  /** Every number there is, or those of a range, ascending. */
  numbers(range?: { readonly from?: number; readonly before?: number }): Promise<readonly number[]>;
  /** The lowest number there is; 0 when there is none. */
  first(): Promise<number>;
  remove(number: number): Promise<void>;
  /**
   * Puts a record in the place of a damaged one of its number, which is kept beside with its other parts.
   * Gives under which names they are kept.
   */
  setAside(version: Version): Promise<string[]>;
}

const keyOf = (number: number, part: Part): string => `${String(number).padStart(8, '0')}${PARTS[part]}`;
const keysOf = (number: number): readonly string[] => [
  keyOf(number, 'begin'),
  keyOf(number, 'after'),
  keyOf(number, 'end'),
];

/** Opens the versions of a collection, and looks for the newest. */
export async function openVersionFiles(documents: Documents): Promise<VersionFiles> {
  /** Of what a killed process left half-written only the beginning counts, and that is there whole or not at all. */
  const highest = async () => Number.parseInt((await documents.last()) ?? '0', 10);
  let last = await highest();
  const has = (number: number) => documents.has(keyOf(number, 'begin'));
  /** Looks upwards from what is known; at the whole collection where that was taken away. */
  const newest = async () => {
    if (last > 0 && !(await has(last))) last = Math.max(last, await highest());
    while (await has(last + 1)) last += 1;
    return last;
  };
  const write = (number: number, part: Part, content: Stored) =>
    documents.create(keyOf(number, part), sealed(content));
  const add = async (number: number, part: Part, content: Stored) => {
    if (!(await write(number, part, content))) throw new Error(`version ${number} has this part already`);
  };

  return {
    last: () => last,
    has,
    newest,
    async create(make) {
      for (;;) {
        // Others may have made thousands meanwhile, and taken the first of them away again.
        const number = Math.max(last, await highest()) + 1;
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
      return wholeOf(number, await documents.readMany(keysOf(number))) ?? missing(number);
    },
    async readMany(numbers) {
      const texts = await documents.readMany(numbers.flatMap(keysOf));
      return numbers.flatMap((number) => wholeOf(number, texts) ?? []);
    },
    async numbers({ from, before } = {}) {
      const keys = await documents.keys({
        ...(from === undefined ? {} : { from: keyOf(from, 'begin') }),
        ...(before === undefined ? {} : { before: keyOf(before, 'begin') }),
      });
      const begun = keys.filter((key) => /^\d{8,}$/.test(key));
      return begun.map(Number).sort((a, b) => a - b);
    },
    first: async () => Number.parseInt((await documents.first()) ?? '0', 10),
    async setAside(version) {
      const suffix = `.damaged-${version.time.replace(/\D/g, '')}`;
      const kept: string[] = [];
      // The beginning first: cut short here, the version is damaged still, and is set aside once more.
      for (const part of ['begin', 'after', 'end'] as const) {
        const key = keyOf(version.number, part);
        const text = await documents.read(key);
        if (text === undefined) continue;
        if (!(await documents.create(`${key}${suffix}`, text)))
          throw new Error(`version ${version.number} was set aside just now`);
        kept.push(`${key}${suffix}`);
        if (part === 'begin') await documents.replace(key, sealed(version));
        else await documents.remove(key);
      }
      return kept;
    },
    async remove(number) {
      // The beginning last: a removal that is cut short leaves a version that can still be read.
      for (const part of ['end', 'after', 'begin'] as const) await documents.remove(keyOf(number, part));
    },
  };
}

const missing = (number: number): never => {
  throw new DamagedVersion(number, 'is not there');
};

/** Undefined where the version was not begun. Throws DamagedVersion. */
function wholeOf(number: number, texts: ReadonlyMap<string, string>): WholeVersion | undefined {
  const partOf = (part: Part): JsonValue | undefined => {
    const text = texts.get(keyOf(number, part));
    return text === undefined ? undefined : unsealed(text, number);
  };
  const begin = partOf('begin');
  if (begin === undefined) return undefined;
  const version = Version.safeParse(begin);
  const ended = VersionEnd.optional().safeParse(partOf('end'));
  if (!version.success || !ended.success || version.data.number !== number)
    throw new DamagedVersion(number, 'is not in the form that this release writes');
  return { ...version.data, after: partOf('after') ?? null, ...(ended.data ? { end: ended.data } : {}) };
}

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
