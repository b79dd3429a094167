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
export function healthyCases({ baselines }: CaseFolder, most: number): EvalCase[] {
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
