import type { Anomalies } from './anomaly.ts';
import type { Explained } from './explain-away.ts';
import { PARAMETERS } from './parameters.ts';
import type { Suspect } from './rank.ts';

/** A finding below this many robust deviations is not worth a line. */
const WORTH_A_LINE = 2;

/** What speaks for a suspect, a sentence each, strongest first. Every figure and name is taken from the input. */
export function evidenceFor(suspect: Suspect, measured: Anomalies | undefined, onset: number): string[] {
  const found = [...suspect.findings]
    .filter(({ deviations }) => deviations >= WORTH_A_LINE)
    .sort((a, b) => b.strength * (1 - b.explained) - a.strength * (1 - a.explained))
    .flatMap((finding) => sentence(suspect.component, finding, measured));
  return [...found, ...walked(suspect), ...deployed(suspect, onset)];
}

/** What shows that nothing is wrong: the component that alerted, and how far from normal the worst suspect is. */
export function evidenceOfNothing(first: Suspect, alerting: Suspect | undefined, measured: number): string[] {
  const most = (suspect: Suspect) =>
    `${suspect.component} at ${figure(suspect.deviations)} robust deviations`;
  return [
    `of ${measured} series with something to compare, the most suspect are those of ${most(first)}`,
    ...(alerting && alerting !== first ? [`what alerted is ${most(alerting)} from its normal level`] : []),
  ];
}

function sentence(component: string, finding: Explained, measured: Anomalies | undefined): string[] {
  const { score, kind, explained, by } = finding;
  if (score) {
    const { series, value, level, direction, points } = score;
    const share = Math.round(explained * 100);
    const whose = by === null ? 'its own traffic' : by;
    return [
      `${series.metric} (${series.stat}) of ${component} was ${figure(value)} against ${figure(level)} normally, ${figure(score.deviations)} robust deviations ${direction} (${points} points of reference)${share >= 10 ? `; ${whose} accounts for ${share} %` : ''}`,
    ];
  }
  if (kind === 'replicas' && measured?.replicas)
    return [`${measured.replicas.ready} of ${measured.replicas.wanted} replicas of ${component} are ready`];
  return shifted(measured).map(
    ({ seen, expected, example }) =>
      `${component} logged ${seen} lines like this where ${figure(expected)} were expected: ${example}`,
  );
}

const shifted = (measured: Anomalies | undefined) =>
  [...(measured?.logs ?? [])]
    .sort((a, b) => b.deviations - a.deviations || (a.template < b.template ? -1 : 1))
    .slice(0, PARAMETERS.mostTemplates);

function walked({ walk, component }: Suspect): string[] {
  if (walk.relation === 'alerting') return [`${component} is the component that alerted`];
  if (walk.relation === 'undrawn') return [`what alerted has no links, so no way to ${component} is known`];
  if (walk.relation === 'unlinked') return [`no link joins ${component} to the component that alerted`];
  if (walk.relation === 'upstream') return [`reached against calls: ${walk.path.join(' <- ')}`];
  return [`reached along calls: ${walk.path.join(' -> ')}`];
}

function deployed({ deploy, component }: Suspect, onset: number): string[] {
  if (!deploy) return [];
  const minutes = Math.round((onset - deploy.deploy.t) / 60);
  const when = minutes >= 0 ? `${minutes} min before` : `${-minutes} min into`;
  return [`${component} was deployed ${when} the incident: ${deploy.deploy.sha} (${deploy.deploy.image})`];
}

/** Three digits that mean something, without an exponent. */
const figure = (value: number): string => String(Number(value.toPrecision(3)));
