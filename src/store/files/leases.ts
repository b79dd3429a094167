import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isKey } from '../documents.ts';
import { type Lease, type LeaseHolder, LeaseLost, type Leases } from '../leases.ts';
import { replaceFile } from './durable-file.ts';
import { isMissing } from './file-error.ts';
import { type Hold, holdChain } from './hold.ts';

/**
 * Leases of a data directory. That of a process that is gone is free at once; one in another container counts as gone
 * after half a minute of silence. A fencing token is a number in a file that whoever holds the lease moves on.
 * @param folderOf where a lease of a name lies
 */
export function openFileLeases(folderOf: (name: string) => string): Leases {
  return {
    async take(name, { work, by }) {
      if (!isKey(name)) throw new TypeError('a lease is named like a key');
      const folder = folderOf(name);
      const hold = await holdChain(folder);
      if (!hold) return { heldBy: await holderIn(folder) };
      try {
        const fence = (await fenceIn(folder)) + 1;
        await replaceFile(join(folder, 'fence'), `${fence}\n`, 0o600);
        const at = `process ${process.pid} on ${hostname()}`;
        const holder: LeaseHolder = { work, by, at, since: new Date().toISOString() };
        await replaceFile(join(folder, 'lease.json'), JSON.stringify(holder), 0o600);
        return { lease: leaseOf(name, { folder, fence, hold }) };
      } catch (error) {
        await hold.release();
        throw error;
      }
    },
  };
}

function leaseOf(
  name: string,
  { folder, fence, hold }: { readonly folder: string; readonly fence: number; readonly hold: Hold },
): Lease {
  let isReleased = false;
  return {
    name,
    fence,
    async assertHeld() {
      const isNewest = !isReleased && hold.held() && (await fenceIn(folder).catch(() => undefined)) === fence;
      if (!isNewest) throw new LeaseLost(name);
    },
    async release() {
      isReleased = true;
      await hold.release();
    },
  };
}

/** 0 before the first holding. Throws for a file that holds no number: which token comes next cannot be told then. */
async function fenceIn(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'fence'), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '0';
    throw error;
  });
  if (!/^\d{1,15}\n?$/.test(text)) throw new Error('the fencing token of a lease is damaged');
  return Number(text);
}

/** Who holds it, for people; undefined where that is not told, as between taking it and saying so. */
async function holderIn(folder: string): Promise<LeaseHolder | undefined> {
  try {
    const { work, by, since, at } = JSON.parse(await readFile(join(folder, 'lease.json'), 'utf8'));
    return [work, by, since, at].every((one) => typeof one === 'string')
      ? { work, by, since, at }
      : undefined;
  } catch {
    return undefined;
  }
}
