import type { ProposedAction } from './action.ts';
import type { Alert, Revision } from './backend.ts';
import type { Diagnosis, Signals } from './contracts.ts';
import { HandOver } from './run/reason.ts';

/** One more pod for every two that there are: enough to tell whether it helps, and easily taken back. */
const GROWTH = 1.5;

interface Ground {
  readonly alert: Alert;
  readonly diagnosis: Diagnosis;
  readonly signals: Signals;
  /** From the cluster. */
  revisionsOf(service: string): Promise<readonly Revision[]>;
}

/** The one action that a diagnosis leads to. Throws HandOver where it leads to none. */
export async function planAction({
  alert,
  diagnosis,
  signals,
  revisionsOf,
}: Ground): Promise<ProposedAction> {
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
  const revisions = await revisionsOf(service);
  const { present, former } = turnBack(service, revisions, diagnosis.suspected_deploy_sha);
  return {
    kind: 'rollback_deploy',
    ...common,
    revision: former.revision,
    expected_effect: `${alert.metric ?? alert.name} of ${alert.component} returns to its baseline`,
    way_back: { revision: present.revision },
  };
}

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
