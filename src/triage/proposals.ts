import { createHash } from 'node:crypto';
import type { Check } from '../audit/record.ts';
import type { Stackward } from '../stackward.ts';
import { ToolError } from '../toolset/errors.ts';
import type { ClaimedAction, ProposalVerdict, TriageService } from '../toolset/triage-service.ts';
import type { ProposedAction } from './action.ts';
import { AlertError, cleanAlert } from './alert.ts';
import type { Alert, InfraBackend } from './backend.ts';
import { type Diagnosis, Signals } from './contracts.ts';
import { diagnoseSignals } from './diagnose/from-signals.ts';
import type { Measured, Verdict } from './events.ts';
import { decideAction } from './gates/action-gate.ts';
import { checkGrounds, checkWitness, wantsToAct } from './gates/quality-gate.ts';
import { verdictOf } from './gates/verdict.ts';
import { callOf, writesOf } from './k8s/calls.ts';
import { openK8sBackend } from './k8s/k8s-backend.ts';
import { recordHere } from './k8s/record-here.ts';
import { planAction } from './plan-action.ts';
import { redactor } from './redactor.ts';
import { sayError } from './run/reason.ts';
import { toolsOf } from './tools.ts';

/** An alert that began longer ago cannot be looked into from here on: what is normal would be mixed with what is not. Milliseconds. */
const OLDEST_MS = 30 * 60_000;
/** Clocks differ. Milliseconds. */
const SKEW_MS = 5 * 60_000;

/** What the server's own look came to. */
interface Look {
  readonly alert: Alert;
  readonly signals: Signals;
  readonly diagnosis: Diagnosis;
  readonly measured: Measured | undefined;
}

/**
 * Diagnoses for agents whose loop runs in a process of its own. Nothing that such an agent says is recorded: the server
 * gathers by itself, has the rules diagnose that, and plans; the claim is compared with it, and only one that comes to
 * the same is kept for the gate. An agent that lies is given nothing.
 */
export function openProposals(
  stackward: Stackward,
  now: () => number = Date.now,
): Pick<TriageService, 'propose'> {
  const busy = new Set<string>();
  return {
    async propose(agent, claim, signal) {
      // Each looks at the whole stack, so an agent has one at a time.
      if (busy.has(agent)) throw new ToolError('too_busy', `a proposal of ${agent} is being looked into`);
      busy.add(agent);
      try {
        const verdict = await decide(stackward, { agent, claim, now: now() }, signal);
        await stackward.recordEvent(verdict.recorded ? 'diagnosis_recorded' : 'diagnosis_refused', agent, {
          component: claim.alert.component,
          claimed: `${claim.action} of ${claim.resource}`,
          reasons: [...verdict.reasons],
          ...(verdict.write ? { tool: verdict.write.tool, target: verdict.write.target } : {}),
        });
        return verdict;
      } finally {
        busy.delete(agent);
      }
    },
  };
}

interface Asked {
  readonly agent: string;
  readonly claim: ClaimedAction;
  readonly now: number;
}

async function decide(stackward: Stackward, asked: Asked, signal: AbortSignal): Promise<ProposalVerdict> {
  const { agent, claim } = asked;
  const { graph } = stackward.catalogs;
  const { diagnoses } = stackward;
  const backend = openK8sBackend({
    tools: toolsOf(stackward, agent),
    graph,
    record: recordHere({ principal: agent, diagnoses, graph }),
  });
  const look = await lookAt(backend, alertOf(stackward, asked), signal);
  const found = verdictOf([
    { name: 'something is wrong now', ask: () => isWrongNow(look.measured) },
    { name: 'the server sees a cause', ask: () => seesCause(look.diagnosis) },
  ]);
  const grounds = checkGrounds({ ...look, cites: 'names' });
  const same = checkWitness(diagnosisOf(claim, look), look.diagnosis);
  const judged = together(found, grounds, same);
  if (!judged.passed) return refused(judged.checks);
  const planned = await planAction({
    ...look,
    revisionsOf: (service) => backend.revisions(service, signal),
  }).catch((error: unknown) => sayError(error));
  if (typeof planned === 'string')
    return refused([...judged.checks, { rule: 'an action follows', passed: false, reason: planned }]);
  const gate = decideAction({
    action: planned,
    diagnosis: look.diagnosis,
    services: look.signals.services,
    protectedResources: look.signals.protected_resources,
    revisions: await backend.revisions(planned.service, signal),
  });
  const { checks, passed } = together(judged, gate);
  if (!passed) return refused(checks);
  return keep(stackward, { agent, backend, look, action: planned, checks }, signal);
}

/** Keeps it, unless the alert had its action already: one that was recorded and not made is the same one. */
async function keep(
  { diagnoses, catalogs }: Stackward,
  of: {
    readonly agent: string;
    readonly backend: InfraBackend;
    readonly look: Look;
    readonly action: ProposedAction;
    readonly checks: readonly Check[];
  },
  signal: AbortSignal,
): Promise<ProposalVerdict> {
  const { agent, action, checks, look } = of;
  const { alert, diagnosis } = look;
  const [, back] = writesOf(action);
  const { tool, target, args } = callOf(action);
  const run = proposalOf(target);
  const topology = catalogs.graph().hash;
  const kept = await diagnoses.find({ principal: agent, tool, target, args, topology });
  const isKept = kept?.run === run;
  const isNew = (await diagnoses.ofRun(agent, run)) === undefined;
  const rule = 'one action a service';
  if (!isKept && !isNew) {
    const reason = `a change of ${target} was allowed within the last half hour; more than one is for a human`;
    return refused([...checks, { rule, passed: false, reason }]);
  }
  if (!isKept) await of.backend.record({ run, alert, diagnosis, action }, signal);
  const reason = isKept ? 'it is recorded already, and was not made yet' : 'it is the first';
  return {
    recorded: true,
    checks: [...checks, { rule, passed: true, reason }],
    reasons: [],
    ...(back ? { write: { tool, target, args: { ...args }, way_back: { ...back.args } } } : {}),
  };
}

/** The server's clock says how old an alert is, and an old one is not looked into. Throws ToolError. */
function alertOf({ catalogs }: Stackward, { claim, now }: Asked): Alert {
  const { metric, ...words } = claim.alert;
  try {
    const alert = cleanAlert({ ...words, ...(metric === undefined ? {} : { metric }) }, catalogs.graph());
    const age = now - Date.parse(alert.at);
    if (age <= OLDEST_MS && age >= -SKEW_MS) return alert;
  } catch (error) {
    if (error instanceof AlertError) throw new ToolError('invalid_arguments', error.message);
    throw error;
  }
  throw new ToolError(
    'invalid_arguments',
    'alert.at must lie within the last 30 minutes; an older incident is opened on the server or is for a human',
  );
}

async function lookAt(backend: InfraBackend, alert: Alert, signal: AbortSignal): Promise<Look> {
  const raw = Signals.parse(await backend.gather(alert, signal));
  const { signals } = redactor.redact(raw);
  const measured = await backend.measure(alert, signal);
  return { alert, signals, measured, diagnosis: diagnoseSignals(signals) };
}

const isWrongNow = (measured: Measured | undefined): Omit<Check, 'rule'> => {
  const shown = measured
    ? `${measured.metric} of ${measured.component} is ${measured.value}, baseline ${measured.baseline}`
    : 'nothing linked measures the alert';
  return { passed: measured?.healthy === false, reason: shown };
};

const seesCause = (own: Diagnosis): Omit<Check, 'rule'> => ({
  passed: wantsToAct(own),
  reason: own.hypothesis,
});

/** The claim in the form in which witnesses are compared; what it does not say is taken from the server's own look. */
const diagnosisOf = ({ resource, deploy, action }: ClaimedAction, { diagnosis }: Look): Diagnosis => ({
  ...diagnosis,
  suspected_resource: resource,
  suspected_deploy_sha: deploy,
  recommended_action: action,
});

function together(...verdicts: readonly Verdict[]): Verdict {
  const checks = verdicts.flatMap((one) => one.checks);
  return {
    passed: verdicts.every(({ passed }) => passed),
    checks,
    reasons: verdicts.flatMap(({ reasons }) => reasons),
  };
}

const refused = (checks: readonly Check[]): ProposalVerdict => ({
  recorded: false,
  checks,
  reasons: checks.filter(({ passed }) => !passed).map(({ reason }) => reason),
});

/** Of one service, whatever the alert is called: an agent that makes up alerts gains nothing by it. */
const proposalOf = (service: string): string =>
  `p-${createHash('sha256').update(service).digest('hex').slice(0, 24)}`;
