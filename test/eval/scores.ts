import { diagnose } from '../../src/triage/diagnose/diagnose.ts';
import { quantile, sorted } from '../../src/triage/diagnose/statistics.ts';
import type { EvalCase } from './case-file.ts';
import { seeded } from './random.ts';

/** What came of one case. */
export interface Outcome {
  readonly id: string;
  readonly source: string;
  readonly culprit: string | null;
  readonly verdict: string;
  readonly confidence: number;
  /** The place of the culprit among the candidates, from 1; null when it is not among them or there is none. */
  readonly rank: number | null;
  readonly first: readonly string[];
  /** Whether the answer as a whole holds: the culprit first, or 'nothing' where nothing was wrong. */
  readonly isRight: boolean;
  readonly ms: number;
}

export function runCase({ id, source, culprit, input }: EvalCase): Outcome {
  const begun = performance.now();
  const { verdict, confidence, candidates } = diagnose(input);
  const ms = performance.now() - begun;
  const at = candidates.findIndex(({ component }) => component === culprit);
  const rank = at < 0 ? null : at + 1;
  const first = candidates.slice(0, 5).map(({ component }) => component);
  const isRight = culprit === null ? verdict === 'nothing' : verdict === 'incident' && rank === 1;
  return { id, source, culprit, verdict, confidence, rank, first, isRight, ms };
}

/** A share with its 95 % interval; NaN where there is nothing to take a share of. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly of: number;
}

export interface Figures {
  readonly ac1: Share;
  readonly ac3: Share;
  readonly ac5: Share;
  /** The same of the ranking alone, whatever the verdict on it. */
  readonly ranked: { readonly ac1: Share; readonly ac3: Share; readonly ac5: Share };
  /** Of the incidents, those that were not called nothing. */
  readonly sensitivity: Share;
  /** Of the cases where nothing was wrong, those that were called so. */
  readonly specificity: Share;
  readonly ece: number;
  readonly reliability: readonly Bin[];
  readonly riskCoverage: readonly {
    readonly coverage: number;
    readonly risk: number;
    readonly confidence: number;
  }[];
  readonly p95Ms: number;
}

/** Cases whose confidence lies in one fifth. */
export interface Bin {
  readonly from: number;
  readonly count: number;
  readonly confidence: number;
  readonly right: number;
}

/** An incident that was called nothing counts as missed at every k, wherever its culprit was ranked. */
export function figuresOf(outcomes: readonly Outcome[]): Figures {
  const incidents = outcomes.filter(({ culprit }) => culprit !== null);
  const healthy = outcomes.filter(({ culprit }) => culprit === null);
  const ranked = (k: number) => shareOf(incidents.map(({ rank }) => rank !== null && rank <= k));
  const within = (k: number) =>
    shareOf(incidents.map(({ verdict, rank }) => verdict === 'incident' && rank !== null && rank <= k));
  const reliability = binsOf(outcomes);
  return {
    ac1: within(1),
    ac3: within(3),
    ac5: within(5),
    ranked: { ac1: ranked(1), ac3: ranked(3), ac5: ranked(5) },
    sensitivity: shareOf(incidents.map(({ verdict }) => verdict === 'incident')),
    specificity: shareOf(healthy.map(({ verdict }) => verdict === 'nothing')),
    ece: reliability.reduce(
      (sum, { count, confidence, right }) => sum + (count / outcomes.length) * Math.abs(confidence - right),
      0,
    ),
    reliability,
    riskCoverage: riskCoverage(outcomes),
    p95Ms: quantile(sorted(outcomes.map(({ ms }) => ms)), 0.95),
  };
}

const ROUNDS = 2_000;

/** The share of trues with a percentile bootstrap, the same for the same values: the seed is fixed. */
export function shareOf(values: readonly boolean[]): Share {
  const of = values.length;
  const mean = (all: readonly boolean[]) => all.filter(Boolean).length / of;
  const random = seeded(20_260_101);
  const means = Array.from({ length: of > 0 ? ROUNDS : 0 }, () =>
    mean(values.map(() => values[Math.floor(random() * of)] ?? false)),
  );
  const ascending = sorted(means);
  return { share: mean(values), low: quantile(ascending, 0.025), high: quantile(ascending, 0.975), of };
}

const BINS = 5;

function binsOf(outcomes: readonly Outcome[]): Bin[] {
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  return Array.from({ length: BINS }, (_, at) => {
    const inside = outcomes.filter(
      ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === at,
    );
    return {
      from: at / BINS,
      count: inside.length,
      confidence: mean(inside.map(({ confidence }) => confidence)),
      right: mean(inside.map(({ isRight }) => Number(isRight))),
    };
  }).filter(({ count }) => count > 0);
}

/** How often the answer is wrong when only the surest tenth, two tenths... of the cases are answered. */
function riskCoverage(outcomes: readonly Outcome[]) {
  const surest = [...outcomes].sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1));
  return Array.from({ length: 10 }, (_, at) => {
    const kept = surest.slice(0, Math.ceil((surest.length * (at + 1)) / 10));
    const wrong = kept.filter(({ isRight }) => !isRight).length;
    return { coverage: (at + 1) / 10, risk: wrong / kept.length, confidence: kept.at(-1)?.confidence ?? 0 };
  });
}
