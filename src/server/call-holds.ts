import { randomUUID } from 'node:crypto';
import { type Held, LeaseLost } from '../store/leases.ts';

const META = 'stackward.dev/held';

/**
 * What calls of a client in this process are held to. A lease cannot be sent over MCP, so the call names it by a
 * number that nobody else can know, and that counts while the call is made.
 */
export interface CallHolds {
  /** Makes a call with the `_meta` that names what it is held to. */
  under<T>(held: Held, work: (meta: Readonly<Record<string, string>>) => Promise<T>): Promise<T>;
  /** What a call with this `_meta` is held to; undefined where it names nothing. A name that is not known is held by nobody. */
  of(meta: Readonly<Record<string, unknown>> | undefined): Held | undefined;
}

export function openCallHolds(): CallHolds {
  const named = new Map<unknown, Held>();
  const nobodys: Held = { assertHeld: () => Promise.reject(new LeaseLost('of the call')) };
  return {
    async under(held, work) {
      const name = randomUUID();
      named.set(name, held);
      try {
        return await work({ [META]: name });
      } finally {
        named.delete(name);
      }
    },
    of: (meta) => (meta?.[META] === undefined ? undefined : (named.get(meta[META]) ?? nobodys)),
  };
}
