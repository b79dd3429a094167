import type { WriteGrant } from '../toolset/grant.ts';

const made = new WeakSet<object>();

/** Makes the grant for one write or trial. gate.ts is its only caller; a test holds that. */
export function makeGrant(write: {
  callId: string;
  principal: string;
  tool: string;
  target: string;
  isTrial?: true;
  assertStands(): Promise<void>;
}): WriteGrant {
  const grant = Object.freeze({ ...write });
  made.add(grant);
  return grant as WriteGrant;
}

/** Throws unless the gate made this very object for this very call: a cast can forge the type, not this. */
export function assertGrant(grant: WriteGrant, callId: string): void {
  if (grant.isTrial) throw new TypeError('a grant for a trial lets nothing be written');
  if (!made.has(grant)) throw new TypeError('not a write grant: only the gate makes one');
  if (grant.callId !== callId) throw new TypeError('this write grant was made for another call');
  made.delete(grant);
}
