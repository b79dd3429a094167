/** Who holds a lease, for people. */
export interface LeaseHolder {
  /** What it is held for, such as `to version 7`. */
  readonly work: string;
  readonly by: string;
  readonly since: string;
  /** The process or replica that holds it. */
  readonly at: string;
}

/**
 * A lease that is held. A lock alone fails when a process is paused: it wakes up and goes on. So each holding has a
 * fencing token, greater than every one before it, and whoever is paused past the end of his finds his out of date.
 */
export interface Lease {
  readonly name: string;
  /** Grows by each holding of this name; a store refuses what comes with an older one. */
  readonly fence: number;
  /** Asks the store whether this is still the newest holding. Rejects with LeaseLost when it is not, or cannot be told. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** Something that is held, as far as whoever works under it asks. */
export type Held = Pick<Lease, 'assertHeld'>;

/** Somebody else may hold the lease by now. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`the lease '${name}' is no longer held here; whoever holds it now goes on`);
    this.name = 'LeaseLost';
  }
}

/** Leases of a data directory or a database: one holder a name, whatever process or replica. */
export interface Leases {
  /** Takes a lease that is free, or whose holder ended or was silent too long; else says who holds it. */
  take(
    name: string,
    holder: { readonly work: string; readonly by: string },
  ): Promise<{ readonly lease: Lease } | { readonly heldBy: LeaseHolder | undefined }>;
}
