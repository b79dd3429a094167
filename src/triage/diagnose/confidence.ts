import { PARAMETERS } from './parameters.ts';
import type { Suspect } from './rank.ts';

/** How strongly a component shows anything at all, before any of it is explained by others. */
const rawStrength = ({ findings }: Suspect): number =>
  Math.hypot(...findings.map(({ strength }) => strength));

/**
 * The chance, from 0 to 1, that something is wrong at all: the first suspect and the component that alerted must both
 * be off their normal, on average by `present`. An alerting component that was not measured is taken at its word.
 */
export function presence(suspects: readonly Suspect[], alerting: string, isMeasured: boolean): number {
  const [first] = suspects;
  if (!first) return 0;
  const suspected = rawStrength(first) * first.walk.share;
  const alerted = suspects.find(({ component }) => component === alerting);
  const seen = isMeasured && alerted ? rawStrength(alerted) : suspected;
  return 1 / (1 + Math.exp(-((suspected + seen) / 2 - PARAMETERS.present) / PARAMETERS.presentWidth));
}

/**
 * The chance, from 0 to 1, that the first suspect is the one, if anything is wrong: its share of all suspicion. With a
 * second that is about as suspect, there may be two culprits, and neither is likelier than not.
 */
export function shareOfFirst(suspects: readonly Suspect[]): number {
  const powers = suspects.map(({ score }) => score ** PARAMETERS.sharpness);
  const all = powers.reduce((sum, one) => sum + one, 0);
  const share = all > 0 ? (powers[0] ?? 0) / all : 0;
  const isRivalled = (suspects[1]?.score ?? 0) > (suspects[0]?.score ?? 0) * PARAMETERS.rival;
  return isRivalled ? Math.min(share, PARAMETERS.mostWithRival) : share;
}
