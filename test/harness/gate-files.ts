import { openApprovals } from '../../src/gate/approvals.ts';
import { openDiagnoses } from '../../src/gate/diagnoses.ts';
import { openKillSwitch } from '../../src/gate/kill-switch.ts';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openOwnKeys } from '../../src/store/keys.ts';

/** What the gate keeps in a data directory, opened as a process on it would. */
export function gateOn(dir: string, { now, ttlMs }: { now?: () => number; ttlMs?: number } = {}) {
  const stores = openFileStores(dir);
  const keys = openOwnKeys(dir);
  const clock = now ? { now } : {};
  return {
    stores,
    approvals: openApprovals(stores.documents('approvals'), {
      key: keys.of('approvals'),
      ...clock,
      ...(ttlMs === undefined ? {} : { ttlMs }),
    }),
    diagnoses: openDiagnoses(stores.documents('diagnoses'), { key: keys.of('diagnoses'), ...clock }),
    killSwitch: openKillSwitch(stores.documents('stack')),
  };
}
