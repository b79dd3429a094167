import type { Check } from '../../audit/record.ts';
import type { ProposedAction } from '../action.ts';
import type { Revision } from '../backend.ts';
import type { Diagnosis, Signals } from '../contracts.ts';
import type { Verdict } from '../events.ts';
import { MIN_CONFIDENCE } from './quality-gate.ts';
import { verdictOf } from './verdict.ts';

/** How many pods one action may start or stop. */
export const MOST_PODS = 10;

/** All that the gate looks at. `revisions` are those of the action's service, from the cluster. */
export interface ActionQuestion {
  readonly action: ProposedAction;
  readonly diagnosis: Diagnosis;
  readonly services: Signals['services'];
  readonly protectedResources: readonly string[];
  readonly revisions: readonly Revision[];
}

interface Rule {
  readonly name: string;
  ask(question: ActionQuestion): Omit<Check, 'rule'>;
}

const passIf = (passed: boolean, yes: string, no: string) => ({ passed, reason: passed ? yes : no });
const NOT_A_ROLLBACK = { passed: true, reason: 'the action changes no revision' };

/**
 * What an action must be before it is asked of the server, whose own gate decides. Every rule is asked; all must pass.
 * None reads what a model wrote in prose.
 */
const RULES: readonly Rule[] = [
  {
    name: 'target exists',
    ask: ({ action, services }) =>
      passIf(
        services.some(({ name }) => name === action.service),
        `${action.service} is a linked service`,
        `there is no linked service '${action.service}'`,
      ),
  },
  {
    name: 'not protected',
    ask: ({ action, protectedResources }) =>
      passIf(
        !protectedResources.includes(action.service),
        `${action.service} is not protected`,
        `${action.service} is protected`,
      ),
  },
  {
    name: 'explicit scope',
    ask: ({ action }) =>
      passIf(
        action.scope.length === 1 && action.scope[0] === action.service,
        `changes ${action.service} alone`,
        `the scope must be [${action.service}], and is [${action.scope.join(', ')}]`,
      ),
  },
  {
    name: 'matches the diagnosis',
    ask: ({ action, diagnosis }) =>
      passIf(
        diagnosis.recommended_action === action.kind && diagnosis.suspected_resource === action.service,
        'it is what was diagnosed',
        `the diagnosis says ${diagnosis.recommended_action} of ${diagnosis.suspected_resource ?? 'nothing'}`,
      ),
  },
  {
    name: 'sure enough',
    ask: ({ diagnosis: { confidence } }) =>
      passIf(
        confidence >= MIN_CONFIDENCE,
        `confidence ${confidence}`,
        `confidence ${confidence} is below ${MIN_CONFIDENCE}`,
      ),
  },
  {
    name: 'revision is the service’s own',
    ask({ action, revisions }) {
      if (action.kind !== 'rollback_deploy') return NOT_A_ROLLBACK;
      const chosen = revisions.find(({ revision }) => revision === action.revision);
      if (!chosen) return { passed: false, reason: `${action.service} has no revision ${action.revision}` };
      return passIf(
        !chosen.current,
        `${action.service} keeps it`,
        `it runs revision ${action.revision} already`,
      );
    },
  },
  {
    name: 'undoes the suspected deploy',
    ask({ action, diagnosis, revisions }) {
      if (action.kind !== 'rollback_deploy') return NOT_A_ROLLBACK;
      const present = revisions.find(({ current }) => current);
      const sha = diagnosis.suspected_deploy_sha;
      return passIf(
        sha !== null && present?.commit === sha,
        `${action.service} runs ${sha}`,
        `${action.service} runs ${present?.commit ?? 'nothing known'}, and the diagnosis names ${sha ?? 'no deploy'}`,
      );
    },
  },
  {
    name: 'goes back in time',
    ask({ action, revisions }) {
      if (action.kind !== 'rollback_deploy') return NOT_A_ROLLBACK;
      const at = (named: (one: Revision) => boolean) => revisions.findIndex(named);
      const present = at(({ current }) => current);
      const chosen = at(({ revision }) => revision === action.revision);
      return passIf(
        present >= 0 && chosen > present,
        'the revision is older than the present one',
        'the revision is not older than the present one',
      );
    },
  },
  {
    name: 'way back known',
    ask({ action, revisions, services }) {
      if (action.kind === 'rollback_deploy') {
        const present = revisions.find(({ current }) => current)?.revision;
        return passIf(
          present !== undefined && action.way_back.revision === present,
          `back to revision ${present}`,
          `the way back must be the present revision ${present ?? '(unknown)'}`,
        );
      }
      const wanted = services.find(({ name }) => name === action.service)?.wanted;
      return passIf(
        wanted !== undefined && action.way_back.replicas === wanted,
        `back to ${wanted} replicas`,
        `the way back must be the present ${wanted ?? '(unknown)'} replicas`,
      );
    },
  },
  {
    name: 'within blast radius',
    ask({ action }) {
      if (action.kind !== 'scale_service') return { passed: true, reason: 'one service' };
      const change = Math.abs(action.replicas - action.way_back.replicas);
      return passIf(
        change > 0 && change <= MOST_PODS && action.replicas > 0,
        `${change} pods`,
        `1 to ${MOST_PODS} pods may be started or stopped, and never all; this is ${change}`,
      );
    },
  },
];

/** Asks every rule about one action. A rule that throws counts as no. */
export const decideAction = (question: ActionQuestion): Verdict =>
  verdictOf(RULES.map(({ name, ask }) => ({ name, ask: () => ask(question) })));
