import { sayAction } from '../action.ts';
import { Acted } from '../backend.ts';
import type { Run } from '../run/run.ts';
import { actOnce, wasIntended } from './act-once.ts';
import type { Allowed } from './action-gate.ts';

const KEPT = 'acted';

export interface Executed extends Allowed {
  readonly acted: Acted;
}

/** Makes the one change of the run. */
export async function execute(run: Run, allowed: Allowed): Promise<Executed> {
  const known = run.recall(KEPT, Acted);
  if (known) return { ...allowed, acted: known };
  const { action } = allowed;
  if (!wasIntended(run))
    await run.emit({ type: 'action', phase: 'intended', action, detail: sayAction(action) });
  const acted = await run.step(
    'execute',
    () => actOnce(run, action, 'action'),
    ({ detail }) => detail,
  );
  await run.keep(KEPT, { ...acted });
  await run.emit({
    type: 'action',
    phase: 'done',
    action,
    detail: acted.detail,
    ...(acted.seq === undefined ? {} : { audit_seq: acted.seq }),
  });
  return { ...allowed, acted };
}
