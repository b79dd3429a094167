import { ProposedAction, sayAction } from '../action.ts';
import { Revision } from '../backend.ts';
import { planAction } from '../plan-action.ts';
import type { Run } from '../run/run.ts';
import type { Diagnosed } from './diagnose.ts';

const KEPT = 'action';

export interface Planned extends Diagnosed {
  readonly action: ProposedAction;
}

/** Turns a diagnosis into one typed action. What a revision is comes from the cluster, never from the diagnosis. */
export async function plan(run: Run, diagnosed: Diagnosed): Promise<Planned> {
  const known = run.recall(KEPT, ProposedAction);
  if (known) return { ...diagnosed, action: known };
  const action = await run.step(
    'plan',
    async () =>
      planAction({ alert: run.alert, ...diagnosed, revisionsOf: (service) => revisionsOf(run, service) }),
    (made) => ({
      detail: sayAction(made),
      data: { action: made },
    }),
  );
  await run.keep(KEPT, action);
  return { ...diagnosed, action };
}

/** The revisions that the cluster holds of a service. */
export const revisionsOf = async (run: Run, service: string): Promise<readonly Revision[]> =>
  Revision.array().parse(await run.read((signal) => run.deps.backend.revisions(service, signal)));
