import type { Diagnosis, Signals } from '../contracts.ts';
import { type Candidate, diagnose, type RankedDiagnosis } from './diagnose.ts';
import type { DiagnoseInput, Series } from './input.ts';

/** Below this an action is not recommended: the quality gate refuses one, too. */
const SURE_ENOUGH = 0.5;

/**
 * The diagnosis that needs no model, over what the triage agent gathered.
 * @param baseline series of normal operation, in the form of `signals.metrics`
 */
export function diagnoseSignals(signals: Signals, baseline: Signals['metrics'] = []): Diagnosis {
  return toDiagnosis(diagnose(inputFromSignals(signals, baseline)), signals);
}

/** What cannot be placed in time (a date that is none) is left out. */
export function inputFromSignals(signals: Signals, baseline: Signals['metrics'] = []): DiagnoseInput {
  const series = signals.metrics.map(toSeries);
  const names = [
    ...signals.services.map(({ name }) => name),
    ...signals.links.flatMap(({ from, to }) => [from, to]),
    ...signals.metrics.map(({ component }) => component),
    signals.alert.component,
  ];
  const { component, metric, at } = signals.alert;
  const newest = Math.max(0, ...series.flatMap(({ t }) => t));
  return {
    topology: { components: [...new Set(names)].sort(), links: signals.links },
    alert: { component, metric, at: seconds(at) ?? newest },
    series,
    baseline: baseline.map(toSeries),
    logs: signals.logs.flatMap(({ component: of, at: when, line }) => {
      const t = seconds(when);
      return t === null ? [] : [{ component: of, t, line }];
    }),
    deploys: signals.recent_deploys.flatMap(({ service, commit, image, at: when }) => {
      const t = seconds(when);
      return t === null ? [] : [{ component: service, sha: commit, image, t }];
    }),
    replicas: signals.services.map(({ name, ready, wanted }) => ({ component: name, ready, wanted })),
  };
}

export function toDiagnosis(ranked: RankedDiagnosis, signals: Signals): Diagnosis {
  const [first] = ranked.candidates;
  const { verdict, confidence } = ranked;
  if (verdict !== 'incident' || !first) {
    return {
      hypothesis:
        verdict === 'nothing'
          ? `Nothing is wrong: what alerted at ${signals.alert.component} is within normal operation.`
          : 'Nothing can be said: no series has anything to be compared with.',
      suspected_resource: null,
      suspected_deploy_sha: null,
      confidence,
      recommended_action: verdict === 'nothing' ? 'none' : 'escalate',
      evidence: [...ranked.evidence],
    };
  }
  return {
    hypothesis: hypothesis(first),
    suspected_resource: first.component,
    suspected_deploy_sha: first.deploy?.sha ?? null,
    confidence,
    recommended_action: actionFor(first, confidence, signals),
    evidence: [...first.evidence],
  };
}

function actionFor(first: Candidate, confidence: number, signals: Signals): Diagnosis['recommended_action'] {
  const isService = signals.services.some(({ name }) => name === first.component);
  const isProtected = signals.protected_resources.includes(first.component);
  if (!isService || isProtected || confidence < SURE_ENOUGH) return 'escalate';
  if (first.deploy) return 'rollback_deploy';
  return first.kinds.includes('saturation') ? 'scale_service' : 'escalate';
}

function hypothesis({ component, kinds, deploy, relation, path }: Candidate): string {
  const what = kinds.length > 0 ? kinds.slice(0, 2).join(' and ') : 'its behaviour';
  const since = deploy ? `, since its deploy of ${deploy.sha}` : '';
  const reach = relation === 'downstream' ? `, which reaches ${path[0]} along its calls` : '';
  return `${component} is at fault: ${what} left normal${since}${reach}.`;
}

const toSeries = ({ component, metric, stat, points }: Signals['metrics'][number]): Series => {
  const inOrder = [...points].sort(([a], [b]) => a - b);
  return { component, metric, stat, t: inOrder.map(([t]) => inSeconds(t)), v: inOrder.map(([, v]) => v) };
};

/** Points come in seconds or milliseconds; no metric is older than 1973 or as young as the year 5138. */
const inSeconds = (t: number): number => (t > 1e11 ? t / 1000 : t);

function seconds(at: string): number | null {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? null : ms / 1000;
}
