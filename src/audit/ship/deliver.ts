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
 * A record is given up where Loki says in known words that it is about that record. In other words it may be about the
 * settings: then it is given up only when it is refused once more after others of the batch were taken, and where none
 * is taken NotNow is thrown, as for a Loki that is away.
 */
export async function deliver(entries: readonly Entry[], delivery: Delivery): Promise<Delivered> {
  const sending = new Sending(delivery);
  await sending.send(entries);
  await sending.sendDoubtful(entries.length);
  return sending;
}

class Sending implements Delivered {
  taken = 0;
  readonly skipped: Skipped[] = [];
  readonly #delivery: Delivery;
  readonly #doubtful: Entry[] = [];
  #status = 0;

  constructor(delivery: Delivery) {
    this.#delivery = delivery;
  }

  async send(some: readonly Entry[]): Promise<void> {
    if (some.length === 0) return;
    const refused = await this.#push(some);
    if (!refused) return;
    const { reason, oldest = Number.NEGATIVE_INFINITY } = refused;
    const isOld = ({ time }: Entry) => time < oldest;
    if (some.some(isOld)) {
      this.#skip(some.filter(isOld), reason);
      await this.send(some.filter((entry) => !isOld(entry)));
    } else if (some.length > 1) {
      const middle = Math.ceil(some.length / 2);
      await this.send(some.slice(0, middle));
      await this.send(some.slice(middle));
    } else if (IS_OF_THE_RECORD[reason]) this.#skip(some, reason);
    else this.#doubtful.push(...some);
  }

  async sendDoubtful(ofAll: number): Promise<void> {
    if (this.#doubtful.length > 0 && this.taken === 0)
      throw new NotNow(
        `it takes none of ${ofAll} records (${this.#status}), so it may be about the settings`,
        true,
      );
    for (const entry of this.#doubtful) {
      const refused = await this.#push([entry]);
      if (refused) this.#skip([entry], refused.reason);
    }
  }

  async #push(some: readonly Entry[]): Promise<Extract<Pushed, { outcome: 'refused' }> | undefined> {
    const pushed = await this.#delivery.push(some);
    if (pushed.outcome === 'later') throw new NotNow(pushed.why);
    if (pushed.outcome === 'taken') {
      this.taken += some.length;
      return undefined;
    }
    this.#delivery.onRefused();
    this.#status = pushed.status;
    return pushed;
  }

  #skip(some: readonly Entry[], reason: Reason): void {
    for (const { seq } of some) this.skipped.push({ seq, reason });
  }
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
