import { DamagedObject } from './object-store.ts';
import { reachableFrom } from './state-tree.ts';
import { stateAfter } from './version.ts';
import { DamagedVersion } from './version-files.ts';
import type { Versions } from './versions.ts';

/** One thing that is wrong with the store. */
export interface Damage {
  readonly version: number;
  readonly object?: string;
  readonly what: string;
}

export interface Verified {
  readonly versions: number;
  readonly objects: number;
  readonly damage: readonly Damage[];
}

/** Reads every version and every object that one needs, and checks each against its hash. Changes nothing. */
export async function verifyVersions({ files, objects }: Versions): Promise<Verified> {
  const numbers = await files.numbers();
  const sound = new Set<string>();
  const damage: Damage[] = [];
  for (const number of numbers)
    try {
      const version = await files.read(number);
      const needed = new Set([version.topology, version.secrets]);
      await reachableFrom(objects, version.state, needed);
      await reachableFrom(objects, stateAfter(version), needed);
      for (const hash of needed) {
        if (!sound.has(hash)) await objects.get(hash);
        sound.add(hash);
      }
    } catch (error) {
      if (error instanceof DamagedObject)
        damage.push({ version: number, object: error.hash, what: error.message });
      else if (error instanceof DamagedVersion) damage.push({ version: number, what: error.message });
      else throw error;
    }
  return { versions: numbers.length, objects: sound.size, damage };
}
