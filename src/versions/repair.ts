import { DamagedObject } from './object-store.ts';
import { emptyTree } from './state-tree.ts';
import { type Damage, verifyVersions } from './verify.ts';
import { stateAfter, type Version } from './version.ts';
import { DamagedVersion } from './version-files.ts';
import type { Versions } from './versions.ts';

/** What a repair did, or would. */
export interface Repaired {
  /** Versions whose record cannot be read; each is kept beside, and stands in the history as one that is lost. */
  readonly lost: readonly {
    readonly version: number;
    readonly what: string;
    readonly kept: readonly string[];
  }[];
  /** Versions that can be read, and show less than they did, since an object that they need is damaged. */
  readonly poorer: readonly Damage[];
}

/**
 * Sets the records of damaged versions aside, so that the next write has something to follow. Nothing is deleted:
 * what was there lies beside under another name, and the number stays taken, so that no rollback passes over the
 * version as if it had not been.
 */
export async function repairVersions(versions: Versions, { dryRun }: { dryRun: boolean }): Promise<Repaired> {
  const { damage } = await verifyVersions(versions);
  const lost = [];
  for (const { version, what, object } of damage) {
    if (object !== undefined) continue;
    const kept = dryRun ? [] : await versions.files.setAside(await tombstoneOf(versions, version, what));
    lost.push({ version, what, kept });
  }
  return { lost, poorer: damage.filter(({ object }) => object !== undefined) };
}

/** What stands for a version that is lost: the stack as the one before it left it, so far as that can be read. */
async function tombstoneOf(versions: Versions, number: number, what: string): Promise<Version> {
  const before = await soundBefore(versions, number);
  const { objects } = versions;
  return {
    number,
    parent: number - 1,
    time: new Date().toISOString(),
    cause: 'lost',
    by: 'repair',
    note: what.slice(0, 500),
    topology: before?.topology ?? (await objects.put('')),
    topology_hash: before?.topology_hash ?? '',
    state: before ? stateAfter(before) : await emptyTree(objects),
    secrets: before?.secrets ?? (await objects.put({})),
  };
}

async function soundBefore({ files }: Versions, number: number) {
  for (const one of (await files.numbers({ before: number })).toReversed())
    try {
      return await files.read(one);
    } catch (error) {
      if (!(error instanceof DamagedVersion || error instanceof DamagedObject)) throw error;
    }
  return undefined;
}
