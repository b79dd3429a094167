import { type Lease, type LeaseHolder, LeaseLost, type Leases } from '../store/leases.ts';
import { ToolError } from '../toolset/errors.ts';

/**
 * Holds the one place for a rollback on a store while `work` runs. That of a process that is gone or paused is free
 * after a while, and what that process does later comes with a token that counts no more.
 * Throws ToolError('conflict') naming who holds it and since when.
 */
export async function withLease<T>(
  leases: Leases,
  holder: { readonly work: string; readonly by: string },
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const taken = await leases.take('rollback', holder);
  if (!('lease' in taken)) throw new ToolError('conflict', describe(taken.heldBy));
  try {
    return await work(taken.lease);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    const detail =
      'this rollback stood still for so long that somebody else may have gone on with it, so it stopped; resume or abandon it';
    throw new ToolError('conflict', detail, { cause: error });
  } finally {
    // One that cannot be given back ends by itself.
    await taken.lease.release().catch(() => {});
  }
}

const describe = (held: LeaseHolder | undefined): string =>
  held
    ? `the rollback ${held.work} of ${held.by} has run since ${held.since} (${held.at}); wait for it`
    : 'another rollback begins or ends just now; try again';
