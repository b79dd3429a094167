import { ProposedAction, sayAction } from '../action.ts';
import { Revision } from '../backend.ts';
import { HandOver } from '../run/reason.ts';
import type { Run } from '../run/run.ts';
import type { Diagnosed } from './diagnose.ts';

const KEPT = 'action';
/** One more pod for every two that there are: enough to tell whether it helps, and easily taken back. */
const GROWTH = 1.5;

export interface Planned extends Diagnosed {
  readonly action: ProposedAction;
}

/** Turns a diagnosis into one typed action. What a revision is comes from the cluster, never from the diagnosis. */
export async function plan(run: Run, diagnosed: Diagnosed): Promise<Planned> {
  const known = run.recall(KEPT, ProposedAction);
  if (known) return { ...diagnosed, action: known };
  const action = await run.step(
    'plan',
    () => actionOf(run, diagnosed),
    (made) => ({
      detail: sayAction(made),
      data: { action: made },
    }),
  );
  await run.keep(KEPT, action);
  return { ...diagnosed, action };
}

async function actionOf(run: Run, { diagnosis, signals }: Diagnosed): Promise<ProposedAction> {
  const service = diagnosis.suspected_resource;
  if (service === null) throw new HandOver('the diagnosis names no service to act on');
  const common = { service, scope: [service] };
  if (diagnosis.recommended_action === 'scale_service') {
    const wanted = signals.services.find(({ name }) => name === service)?.wanted ?? 0;
    return {
      kind: 'scale_service',
      ...common,
      replicas: Math.max(wanted + 1, Math.floor(wanted * GROWTH)),
      expected_effect: `${service} keeps up with what is asked of it`,
      way_back: { replicas: wanted },
    };
  }
  const revisions = await revisionsOf(run, service);
  const { present, former } = turnBack(service, revisions, diagnosis.suspected_deploy_sha);
  return {
    kind: 'rollback_deploy',
    ...common,
    revision: former.revision,
    expected_effect: `${run.alert.metric ?? run.alert.name} of ${run.alert.component} returns to its baseline`,
    way_back: { revision: present.revision },
  };
}

/** The revisions that the cluster holds of a service. */
export const revisionsOf = async (run: Run, service: string): Promise<readonly Revision[]> =>
  Revision.array().parse(await run.read((signal) => run.deps.backend.revisions(service, signal)));

/** The present revision, which must be the suspected deploy, and the newest one before it that runs another image. */
function turnBack(service: string, revisions: readonly Revision[], sha: string | null) {
  const at = revisions.findIndex(({ current }) => current);
  const present = revisions[at];
  if (!present || present.commit !== sha)
    throw new HandOver(
      `${service} runs ${present?.commit ?? 'no known revision'}, and not the suspected ${sha}`,
    );
  const former = revisions.slice(at + 1).find(({ image }) => image !== present.image);
  if (!former) throw new HandOver(`the cluster keeps no earlier revision of ${service} to go back to`);
  return { present, former };
}
