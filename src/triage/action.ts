import { z } from 'zod';

const Name = z.string().min(1).max(253);
const Replicas = z.number().int().min(0).max(1000);
const common = {
  service: Name,
  /** Every thing that it changes, by name; one service, and nothing like `all`. */
  scope: z.array(Name),
  expected_effect: z.string(),
};

/** One change of production, planned and not yet allowed. `way_back` puts the service where it stands now. */
export const ProposedAction = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rollback_deploy'),
    ...common,
    /** The service's own revision to go to, as its cluster numbers it. */
    revision: Name,
    way_back: z.strictObject({ revision: Name }),
  }),
  z.strictObject({
    kind: z.literal('scale_service'),
    ...common,
    replicas: Replicas,
    way_back: z.strictObject({ replicas: Replicas }),
  }),
]);
export type ProposedAction = z.output<typeof ProposedAction>;

/** The action that takes another one back, once it is done. Its own way back would be the action again. */
export function wayBackOf(action: ProposedAction): ProposedAction {
  const { service, scope } = action;
  const expected_effect = `${service} stands as it did before the triage`;
  return action.kind === 'rollback_deploy'
    ? {
        kind: action.kind,
        service,
        scope,
        expected_effect,
        revision: action.way_back.revision,
        way_back: { revision: action.revision },
      }
    : {
        kind: action.kind,
        service,
        scope,
        expected_effect,
        replicas: action.way_back.replicas,
        way_back: { replicas: action.replicas },
      };
}

/** The action in a line for people: `roll orders-api back to revision 6`. */
export const sayAction = (action: ProposedAction): string =>
  action.kind === 'rollback_deploy'
    ? `roll ${action.service} back to revision ${action.revision}`
    : `scale ${action.service} to ${action.replicas} replicas`;
