import type { Series } from '../../src/triage/diagnose/input.ts';
import type { CaseFolder, EvalCase } from './case-file.ts';

/** Points before the alert and from the alert on, as in the shortest real cases. */
const BEFORE = 1;
const AFTER = 4;

/**
 * Healthy cases cut from baselines: an alert that fires over a window of normal operation. The baseline keeps all
 * but that window (the diagnoser leaves the window out by itself). Windows do not overlap.
 * @param most how many of each baseline, spread evenly over it
 */
export function healthyCases({ baselines, cases }: CaseFolder, most: number): EvalCase[] {
  return [...cases.flatMap(timeBefore), ...fromBaselines(baselines, most)];
}

/** Fewer points before an alert than this are too few to be both normal operation and a case. */
const ENOUGH = 40;

/** A case without a baseline reaches back: the time before its alert, with an alert at four fifths of it. */
function timeBefore({ id, input }: EvalCase): EvalCase[] {
  const times = [...new Set(input.series.flatMap(({ t }) => t))].sort((a, b) => a - b);
  const before = times.filter((t) => t < input.alert.at);
  if (input.baseline || before.length < ENOUGH) return [];
  // The last tenth is left out: an alert comes later than what it is about.
  const end = before[Math.floor(before.length * 0.9)] ?? 0;
  const at = before[Math.floor(before.length * 0.7)] ?? 0;
  const series = input.series.map((one) => {
    const until = one.t.findLastIndex((t) => t < end) + 1;
    return slice(one, 0, until);
  });
  const logs = (input.logs ?? []).filter(({ t }) => t < end);
  const deploys = (input.deploys ?? []).filter(({ t }) => t < end);
  return [
    {
      id: `${id}@before`,
      source: 'healthy windows before alerts',
      culprit: null,
      input: { ...input, alert: { ...input.alert, at }, series, logs, deploys },
    },
  ];
}

function fromBaselines(baselines: CaseFolder['baselines'], most: number): EvalCase[] {
  return baselines.flatMap(({ file, series, like }) => {
    const times = series[0]?.t ?? [];
    const starts = Array.from(
      { length: Math.floor(times.length / (BEFORE + AFTER)) },
      (_, at) => at * (BEFORE + AFTER),
    );
    const kept = starts.filter((_, at) => at % Math.ceil(starts.length / most) === 0);
    return kept.map((start): EvalCase => {
      const input = {
        ...like.input,
        alert: { ...like.input.alert, at: times[start + BEFORE] ?? 0 },
        series: series.map((one) => slice(one, start, start + BEFORE + AFTER)),
        baseline: series,
        logs: [],
        deploys: [],
      };
      return { id: `${file}@${start}`, source: `healthy windows of ${file}`, culprit: null, input };
    });
  });
}

export const slice = (series: Series, from: number, to: number): Series => ({
  ...series,
  t: series.t.slice(from, to),
  v: series.v.slice(from, to),
});
