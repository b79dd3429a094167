import type { Check } from '../../audit/record.ts';
import type { Diagnosis, Signals } from '../contracts.ts';
import type { Verdict } from '../events.ts';
import { factsOf } from '../facts.ts';
import { verdictOf } from './verdict.ts';

/** Below this an agent does not act by itself. */
export const MIN_CONFIDENCE = 0.5;
/** A deploy that is older than this at the alert is none that the alert followed. Milliseconds. */
const RECENT_MS = 6 * 60 * 60_000;
/** Clocks differ: a deploy may seem to be this much later than the alert that it caused. Milliseconds. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** A shorter piece of a line could stand anywhere. */
const LEAST_CITED = 12;

const passIf = (passed: boolean, yes: string, no: string): Omit<Check, 'rule'> => ({
  passed,
  reason: passed ? yes : no,
});

/** Whether a diagnosis proposes to change something. */
export const wantsToAct = ({ recommended_action: action }: Diagnosis): boolean =>
  action === 'rollback_deploy' || action === 'scale_service';

/** What the first look of the gate needs. `cites` says how evidence is written: copied lines, or sentences of our own rules. */
export interface Grounding {
  readonly diagnosis: Diagnosis;
  readonly signals: Signals;
  readonly cites: 'lines' | 'names';
}

/** Whether what a diagnosis says is in the signals at all. Pure; what a diagnosis argues does not count. */
export function checkGrounds(grounding: Grounding): Verdict {
  const { diagnosis, signals } = grounding;
  const { suspected_resource: resource, suspected_deploy_sha: sha, confidence } = diagnosis;
  const named = { name: 'evidence is in the signals', ask: () => evidenceOf(grounding) };
  if (!wantsToAct(diagnosis)) return verdictOf([named]);
  return verdictOf([
    {
      name: 'resource is a service',
      ask: () =>
        passIf(
          signals.services.some(({ name }) => name === resource),
          `${resource} is a service`,
          `no service is called '${resource}'`,
        ),
    },
    {
      name: 'resource is actionable',
      ask: () =>
        passIf(
          resource !== null && !signals.protected_resources.includes(resource),
          `${resource} may be acted on`,
          `${resource} is protected`,
        ),
    },
    { name: 'deploy is one of the resource', ask: () => deployOf(diagnosis, signals) },
    named,
    {
      name: 'sure enough',
      ask: () =>
        passIf(
          confidence >= MIN_CONFIDENCE,
          `confidence ${confidence}`,
          `confidence ${confidence} is below ${MIN_CONFIDENCE}`,
        ),
    },
    {
      name: 'a rollback names its deploy',
      ask: () =>
        passIf(
          diagnosis.recommended_action !== 'rollback_deploy' || sha !== null,
          'it does',
          'a rollback needs the deploy that it takes back',
        ),
    },
  ]);
}

function deployOf({ suspected_deploy_sha: sha, suspected_resource: resource }: Diagnosis, signals: Signals) {
  if (sha === null) return { passed: true, reason: 'no deploy is suspected' };
  const deploy = signals.recent_deploys.find(({ commit, service }) => commit === sha && service === resource);
  if (!deploy) return { passed: false, reason: `${resource} had no recent deploy ${sha}` };
  const age = Date.parse(signals.alert.at) - Date.parse(deploy.at);
  return passIf(
    age <= RECENT_MS && age >= -CLOCK_SKEW_MS,
    `${resource} was deployed at ${deploy.at}`,
    `the deploy at ${deploy.at} does not lie within 6 hours before the alert`,
  );
}

function evidenceOf({ diagnosis, signals, cites }: Grounding): Omit<Check, 'rule'> {
  const { evidence } = diagnosis;
  if (evidence.length === 0)
    return passIf(!wantsToAct(diagnosis), 'none is needed to leave things alone', 'there is no evidence');
  const facts = factsOf(signals);
  const names = [...signals.services.map(({ name }) => name), ...facts.map(({ component }) => component)];
  const isThere = (line: string) =>
    cites === 'lines'
      ? flat(line).length >= LEAST_CITED && facts.some(({ text }) => flat(text).includes(flat(line)))
      : names.some((name) => line.includes(name)) || line.includes(signals.alert.component);
  const made = evidence.find((line) => !isThere(line));
  return passIf(
    made === undefined,
    `${evidence.length} lines, each in the signals`,
    `not in the signals: ${made?.slice(0, 200)}`,
  );
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Whether a second, independent diagnosis of the same signals comes to the same. */
export const checkWitness = (diagnosis: Diagnosis, witness: Diagnosis): Verdict =>
  verdictOf([
    {
      name: 'the rules see the same',
      ask: () =>
        passIf(
          diagnosis.suspected_resource === witness.suspected_resource &&
            diagnosis.recommended_action === witness.recommended_action &&
            diagnosis.suspected_deploy_sha === witness.suspected_deploy_sha,
          `both say ${sayDiagnosis(diagnosis)}`,
          `the rules over the same signals say ${sayDiagnosis(witness)}, and not ${sayDiagnosis(diagnosis)}`,
        ),
    },
  ]);

/** What a judge made of the evidence alone. */
export interface Judgement {
  readonly supported: boolean;
  readonly resource: string | null;
  readonly reason: string;
}

/** Whether an independent judge came to the same from the evidence. */
export const checkJudgement = (diagnosis: Diagnosis, judgement: Judgement): Verdict =>
  verdictOf([
    {
      name: 'the judge agrees',
      ask: () =>
        passIf(
          judgement.supported && judgement.resource === diagnosis.suspected_resource,
          judgement.reason,
          `the judge blames ${judgement.resource ?? 'nothing'}: ${judgement.reason}`,
        ),
    },
  ]);

const sayDiagnosis = ({
  recommended_action: action,
  suspected_resource: resource,
  suspected_deploy_sha: sha,
}: Diagnosis) =>
  `${action}${resource === null ? '' : ` of ${resource}`}${sha === null ? '' : ` (deploy ${sha})`}`;
