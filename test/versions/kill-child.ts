import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { openKept } from './kept-ledger.ts';

/** Rolls the stack of a folder back, and kills itself before the n-th file that it would put in its place. */
const [folder = '', to = '', last = ''] = process.argv.slice(2);
const { stackward } = await openKept(folder);
const { history } = stackward;
const how = { pause_reconcilers: true };
const plan = await history.plan(STACK_PRINCIPAL, Number(to), how);
let left = Number(last);
for (const name of ['link', 'rename'] as const) {
  const real = fs[name];
  fs[name] = async (...args) => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}
syncBuiltinESMExports();
await history.rollbacks.begin(
  { to: Number(to), digest: plan.digest, ...how },
  { principal: STACK_PRINCIPAL, by: 'killed', signal: new AbortController().signal },
);
await stackward.close();
