import { makeGrant } from '../../src/gate/grant.ts';
import type { WriteGrant } from '../../src/toolset/grant.ts';

/** A grant as the gate makes one, that nothing takes away meanwhile. */
export const granted = (write: {
  callId: string;
  principal: string;
  tool: string;
  target: string;
}): WriteGrant => makeGrant({ ...write, assertStands: async () => {} });
