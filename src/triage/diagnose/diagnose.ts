import { type Anomalies, measure } from './anomaly.ts';
import { presence, shareOfFirst } from './confidence.ts';
import { freshDeploys } from './deploys.ts';
import { evidenceFor, evidenceOfNothing } from './evidence.ts';
import { explainAway } from './explain-away.ts';
import { type Finding, findings } from './findings.ts';
import { type Graph, graphOf, type Walk, walks } from './graph.ts';
import type { Deploy, DiagnoseInput } from './input.ts';
import { logShifts } from './logs.ts';
import { addressLinks, nameResolver } from './names.ts';
import { incidentWindow } from './onset.ts';
import { PARAMETERS } from './parameters.ts';
import { rankSuspects, type Suspect } from './rank.ts';

/** One component that may be at fault. */
export interface Candidate {
  readonly component: string;
  /** Only its order and its ratio to the others mean something. */
  readonly score: number;
  /** The way from the component that alerted to this one. */
  readonly path: readonly string[];
  readonly relation: Walk['relation'];
  /** Kinds of what is anomalous of it, strongest first; without any, of what comes nearest. */
  readonly kinds: readonly Finding['kind'][];
  /** A deploy of this very component that may have begun it. */
  readonly deploy: Deploy | null;
  readonly evidence: readonly string[];
}

/** What the measurements say of an incident. */
export interface RankedDiagnosis {
  /** `nothing`: an alert over normal operation. `unknown`: there was nothing to compare, so neither can be said. */
  readonly verdict: 'incident' | 'nothing' | 'unknown';
  /** The chance that the verdict holds and, for an incident, that the first candidate is at fault; 0 to 1. */
  readonly confidence: number;
  /** When it began, unix seconds. */
  readonly onset: number;
  /** All components with anything to show, most suspect first, whatever the verdict. */
  readonly candidates: readonly Candidate[];
  /** What the verdict rests on. */
  readonly evidence: readonly string[];
}

/**
 * Says which component is at fault, from measurements, links, logs and deploys alone: no model, no I/O, and the same
 * answer for the same input in any order. The method and its parameters are in docs/diagnoser.md.
 */
export function diagnose(given: DiagnoseInput): RankedDiagnosis {
  const input = withNames(given);
  const { component: alerting } = input.alert;
  const window = incidentWindow(input);
  const graph = graphOf([...input.topology.links, ...addressLinks(input.topology.components)]);
  const measured = measure(input, logShifts(input.logs ?? [], window), window);
  const found = findings(measured, graph);
  const walked = walks(graph, alerting, [...measured.keys()], (name) => anomaly(measured, found, name));
  const suspects = rankSuspects(
    explainAway(measured, found, graph),
    isLinked(graph, alerting) ? walked : everywhere(measured, alerting),
    freshDeploys(input.deploys ?? [], window),
  );
  return {
    ...judge(suspects, alerting, measured, window.from),
    onset: window.from,
    candidates: suspects.map((suspect) => toCandidate(suspect, measured, window.from)),
  };
}

/** The verdict, how sure it is, and what it rests on. */
function judge(
  suspects: readonly Suspect[],
  alerting: string,
  measured: ReadonlyMap<string, Anomalies>,
  onset: number,
) {
  const compared = [...measured.values()].reduce((sum, { scores }) => sum + scores.length, 0);
  const [first] = suspects;
  if (!first) {
    const verdict = compared > 0 ? ('nothing' as const) : ('unknown' as const);
    const confidence = compared > 0 ? 1 - presence([], alerting, true) : 0;
    return { verdict, confidence, evidence: [`${compared} series had something to compare; none was off`] };
  }
  const isMeasured = (measured.get(alerting)?.scores.length ?? 0) > 0;
  const present = presence(suspects, alerting, isMeasured);
  if (present < 0.5) {
    const alerted = suspects.find(({ component }) => component === alerting);
    if (compared === 0)
      return {
        verdict: 'unknown' as const,
        confidence: 0,
        evidence: ['nothing was measured that can be compared'],
      };
    return {
      verdict: 'nothing' as const,
      confidence: 1 - present,
      evidence: evidenceOfNothing(first, alerted, compared),
    };
  }
  const isOnlyText =
    first.findings.some(({ kind }) => kind === 'logs') &&
    first.findings.every(({ kind, deviations }) => kind === 'logs' || deviations < PARAMETERS.noise);
  const confidence = present * shareOfFirst(suspects);
  return {
    verdict: 'incident' as const,
    confidence: isOnlyText ? Math.min(confidence, PARAMETERS.mostFromText) : confidence,
    evidence: evidenceFor(first, measured.get(first.component), onset),
  };
}

function toCandidate(suspect: Suspect, measured: ReadonlyMap<string, Anomalies>, onset: number): Candidate {
  const { component, score, walk, deploy } = suspect;
  const strongest = [...suspect.findings].sort(
    (a, b) => b.strength * (1 - b.explained) - a.strength * (1 - a.explained),
  );
  const anomalous = strongest.filter(({ deviations }) => deviations >= PARAMETERS.anomalous);
  const kinds = (anomalous.length > 0 ? anomalous : strongest.slice(0, 1)).map(({ kind }) => kind);
  return {
    component,
    score,
    path: walk.path,
    relation: walk.relation,
    kinds: [...new Set(kinds)],
    deploy: deploy?.deploy ?? null,
    evidence: evidenceFor(suspect, measured.get(component), onset),
  };
}

/** How anomalous a component is, 1 from `anomalous` deviations on; 1 as well where nothing says that it is well. */
function anomaly(
  measured: ReadonlyMap<string, Anomalies>,
  found: ReadonlyMap<string, readonly Finding[]>,
  name: string,
): number {
  if ((measured.get(name)?.scores.length ?? 0) === 0) return 1;
  const most = Math.max(0, ...(found.get(name) ?? []).map(({ deviations }) => deviations));
  return Math.min(1, most / PARAMETERS.anomalous);
}

const isLinked = ({ callees, callers }: Graph, name: string): boolean =>
  callees.has(name) || callers.has(name);

/** Where the alerting component has no links, there is no way to walk, and distance says nothing. */
const everywhere = (measured: ReadonlyMap<string, Anomalies>, alerting: string): ReadonlyMap<string, Walk> =>
  new Map(
    [...measured.keys()].map((name) => [
      name,
      { path: [name], share: 1, relation: name === alerting ? 'alerting' : 'undrawn' },
    ]),
  );

/** The input with every component called as the topology calls it. */
function withNames(input: DiagnoseInput): DiagnoseInput {
  const resolve = nameResolver(input.topology.components);
  const named = <T extends { readonly component: string }>(all: readonly T[] = []): T[] =>
    all.map((one) => ({ ...one, component: resolve(one.component) }));
  return {
    topology: input.topology,
    alert: { ...input.alert, component: resolve(input.alert.component) },
    series: named(input.series),
    baseline: named(input.baseline),
    logs: named(input.logs),
    deploys: named(input.deploys),
    replicas: named(input.replicas),
  };
}
