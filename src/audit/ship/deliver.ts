import type { Entry } from './entry.ts';
import type { Pushed, Reason } from './push.ts';

/** What Loki does not take now and may take later; `message` says why. */
export class NotNow extends Error {
  /** Loki took none of a batch, for a reason that is not known to be about a record. */
  readonly tookNone: boolean;

  constructor(why: string, tookNone = false) {
    super(why);
    this.name = 'NotNow';
    this.tookNone = tookNone;
  }
}

/** A record that Loki does not take, whatever it is pushed with. */
export interface Skipped {
  readonly seq: number;
  readonly reason: Reason;
}

export interface Delivered {
  readonly taken: number;
  readonly skipped: readonly Skipped[];
}

export interface Delivery {
  readonly push: (entries: readonly Entry[]) => Promise<Pushed>;
  /** Hears of each request in which something was refused. */
  readonly onRefused: () => void;
}

/**
 * Brings a batch to Loki. Of one that is refused the halves are sent, down to the records that are refused alone: Loki
 * takes the rest of what it refuses, and knows a record again that comes twice.
 *
 * A record is given up only where Loki took another of the batch, or says in known words that it is about that record.
 * Else it may be the settings: then nothing is given up, and NotNow is thrown as for a Loki that is away.
 */
export async function deliver(entries: readonly Entry[], { push, onRefused }: Delivery): Promise<Delivered> {
  const skipped: Skipped[] = [];
  let taken = 0;
  let status = 0;
  const skip = (some: readonly Entry[], reason: Reason) => {
    for (const { seq } of some) skipped.push({ seq, reason });
  };
  const send = async (some: readonly Entry[]): Promise<void> => {
    if (some.length === 0) return;
    const pushed = await push(some);
    if (pushed.outcome === 'later') throw new NotNow(pushed.why);
    if (pushed.outcome === 'taken') {
      taken += some.length;
      return;
    }
    onRefused();
    status = pushed.status;
    const { reason, oldest = Number.NEGATIVE_INFINITY } = pushed;
    const isOld = ({ time }: Entry) => time < oldest;
    if (some.some(isOld)) {
      skip(some.filter(isOld), reason);
      await send(some.filter((entry) => !isOld(entry)));
    } else if (some.length === 1) skip(some, reason);
    else {
      const middle = Math.ceil(some.length / 2);
      await send(some.slice(0, middle));
      await send(some.slice(middle));
    }
  };
  await send(entries);
  if (taken === 0 && skipped.some(({ reason }) => !IS_OF_THE_RECORD[reason]))
    throw new NotNow(
      `it takes none of ${entries.length} records (${status}), so it may be about the settings`,
      true,
    );
  return { taken, skipped };
}

/** Whether a reason is one of the record alone, so that it is given up also where nothing else is taken. */
const IS_OF_THE_RECORD: Readonly<Record<Reason, boolean>> = {
  too_old: true,
  too_new: true,
  too_long: true,
  too_far_behind: true,
  too_large: false,
  other: false,
};
