import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Captured } from '../call/changes.ts';
import type { JsonValue } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { ResourceDiff, StackDiff, VersionSummary } from '../toolset/versions-view.ts';
import { beginningAfter } from './late-ends.ts';
import { entriesOf } from './state-tree.ts';
import { stateAfter, type WholeVersion } from './version.ts';
import { DamagedVersion } from './version-files.ts';
import type { Versions } from './versions.ts';

const Configuration = z.record(z.string(), z.json());
type Configuration = Readonly<Record<string, JsonValue>>;

/** A version in a few words. */
export const summaryOf = ({ number, time, cause, by, note, change, end }: WholeVersion): VersionSummary => ({
  number,
  time,
  cause,
  by,
  ...(note === undefined ? {} : { note }),
  ...(change
    ? {
        tool: change.tool,
        target: change.target,
        resources: change.resources,
        seq: change.seq,
        ...(change.of === undefined ? {} : { of: change.of }),
      }
    : {}),
  ...(end ? { outcome: end.outcome } : {}),
});

/** As many versions are read at once; each is some kilobytes. */
const AT_ONCE = 256;

/**
 * The latest versions, newest first; `before` a number. Looks at no more documents than it gives versions, however long
 * the history is. Throws ToolError naming one that is damaged.
 */
export async function listVersions(
  { files }: Versions,
  { limit, before }: { limit: number; before?: number },
): Promise<readonly WholeVersion[]> {
  const newest = await files.newest();
  const top = Math.min(newest, before === undefined ? newest : before - 1);
  const wanted = Array.from({ length: Math.min(limit, Math.max(0, top)) }, (_, n) => top - n);
  const found = [...(await readAll(files, wanted))];
  // Below the first gap are versions that stayed for their image when others were pruned.
  if (found.length < wanted.length) {
    const lowest = wanted.at(-1) ?? 0;
    const kept = (await files.numbers({ before: lowest })).toReversed();
    found.push(...(await readAll(files, kept.slice(0, limit - found.length))));
  }
  return found;
}

async function readAll(files: Versions['files'], numbers: readonly number[]): Promise<WholeVersion[]> {
  const found: WholeVersion[] = [];
  for (let from = 0; from < numbers.length; from += AT_ONCE)
    found.push(...(await named(files.readMany(numbers.slice(from, from + AT_ONCE)))));
  return found;
}

/** A damaged version as whoever asked is told of it. */
async function named<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DamagedVersion) throw new ToolError('internal', error.message, { cause: error });
    throw error;
  }
}

/** One version. Throws ToolError('not_found') naming those there are. */
export async function readVersion({ files }: Versions, number: number): Promise<WholeVersion> {
  if (await files.has(number)) return named(files.read(number));
  const newest = await files.newest();
  const kept = newest === 0 ? 'there is none yet' : `kept are ${await files.first()} to ${newest}`;
  throw new ToolError('not_found', `there is no version ${number}; ${kept}`);
}

/** The text of a version's topology file. */
export const topologyOf = async ({ objects }: Versions, { topology }: WholeVersion): Promise<string> =>
  z.string().parse(await objects.get(topology));

/** What differs from one version to another. */
export async function diffVersions(versions: Versions, from: number, to: number): Promise<StackDiff> {
  const [a, b] = [await readVersion(versions, from), await readVersion(versions, to)];
  const [before, after] = [
    await entriesOf(versions.objects, stateAfter(a)),
    await entriesOf(versions.objects, stateAfter(b)),
  ];
  const changed = [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((name) => before.get(name) !== after.get(name));
  const resources: ResourceDiff[] = [];
  for (const component of changed) {
    const [x, y] = [
      await configurationOf(versions, before.get(component)),
      await configurationOf(versions, after.get(component)),
    ];
    resources.push(...diffConfiguration(component, x, y));
  }
  return {
    from,
    to,
    topology: await diffText(await topologyOf(versions, a), await topologyOf(versions, b)),
    resources,
    secrets: await diffSecrets(versions, a, b),
    unknown: Object.fromEntries(
      changed
        .filter((name) => !before.has(name) || !after.has(name))
        .map((name) => [name, `not captured at version ${before.has(name) ? to : from}`]),
    ),
  };
}

/** What differs between a version and the stack as it was captured just now: changes that did not come through Stackward, or came after it. */
export async function driftFrom(
  versions: Versions,
  version: WholeVersion,
  { captured, topology }: { captured: Captured; topology: string },
): Promise<StackDiff> {
  const { state } = await beginningAfter(versions, version);
  const known = await entriesOf(versions.objects, state);
  const resources: ResourceDiff[] = [];
  const unknown: Record<string, string> = {};
  for (const [component, now] of captured) {
    const hash = known.get(component);
    if ('missed' in now) unknown[component] = now.missed;
    else if (hash === undefined) unknown[component] = `not captured up to version ${version.number}`;
    else
      resources.push(
        ...diffConfiguration(
          component,
          await configurationOf(versions, hash),
          Configuration.parse(now.configuration),
        ),
      );
  }
  return {
    from: version.number,
    topology: await diffText(await topologyOf(versions, version), topology),
    resources,
    secrets: [],
    unknown,
  };
}

async function configurationOf(
  { objects }: Versions,
  hash: string | undefined,
): Promise<Configuration | undefined> {
  return hash === undefined ? undefined : Configuration.parse(await objects.get(hash));
}

function diffConfiguration(
  component: string,
  before: Configuration | undefined,
  after: Configuration | undefined,
): ResourceDiff[] {
  // Nothing can be said of a component of which one side was never captured.
  if (!before || !after) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((resource): ResourceDiff[] => {
    const [x, y] = [before[resource], after[resource]];
    if (isDeepStrictEqual(x, y)) return [];
    const change = x === undefined ? 'added' : y === undefined ? 'removed' : 'changed';
    return [{ component, resource, change, fields: diffFields(x, y) }];
  });
}

function diffFields(before: JsonValue | undefined, after: JsonValue | undefined): ResourceDiff['fields'] {
  const [x, y] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(x), ...Object.keys(y)])].sort();
  return names
    .filter((field) => !isDeepStrictEqual(x[field], y[field]))
    .map((field) => ({ field, from: x[field] ?? null, to: y[field] ?? null }));
}

function fieldsOf(value: JsonValue | undefined): Configuration {
  if (value === undefined || value === null) return {};
  const fields = Configuration.safeParse(value);
  return fields.success ? fields.data : { value };
}

async function diffText(before: string, after: string): Promise<string[]> {
  if (before === after) return [];
  const { structuredPatch } = await import('diff');
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 2 });
  return hunks.flatMap(({ lines }) => lines);
}

async function diffSecrets({ objects }: Versions, a: WholeVersion, b: WholeVersion): Promise<string[]> {
  if (a.secrets === b.secrets) return [];
  const Fingerprints = z.record(z.string(), z.string());
  const [x, y] = [
    Fingerprints.parse(await objects.get(a.secrets)),
    Fingerprints.parse(await objects.get(b.secrets)),
  ];
  // A credential that was not read by then is not one that changed.
  return Object.keys(y).filter((field) => x[field] !== undefined && x[field] !== y[field]);
}
