import type { Figures, Share } from './scores.ts';

/** The figures of one source as lines of text. */
export function reportLines(source: string, figures: Figures): string[] {
  const { ac1, ac3, ac5, ranked, sensitivity, specificity } = figures;
  const shares: readonly (readonly [string, Share])[] = [
    ['AC@1', ac1],
    ['AC@3', ac3],
    ['AC@5', ac5],
    ['AC@1 ranked', ranked.ac1],
    ['AC@3 ranked', ranked.ac3],
    ['AC@5 ranked', ranked.ac5],
    ['sensitivity', sensitivity],
    ['specificity', specificity],
  ];
  return [
    '',
    source,
    ...shares
      .filter(([, { of }]) => of > 0)
      .map(([name, share]) => `  ${name.padEnd(12)} ${shareText(share)}`),
    `  calibration  ECE ${figures.ece.toFixed(3)}`,
    ...figures.reliability.map(
      ({ from, count, confidence, right }) =>
        `    confidence ${from.toFixed(1)} to ${(from + 0.2).toFixed(1)}: ${count} cases, mean ${confidence.toFixed(2)}, right ${right.toFixed(2)}`,
    ),
    `  risk at coverage  ${figures.riskCoverage.map(({ coverage, risk }) => `${coverage.toFixed(1)}: ${risk.toFixed(3)}`).join('  ')}`,
    `  p95 per case ${figures.p95Ms.toFixed(0)} ms`,
  ];
}

const shareText = ({ share, low, high, of }: Share): string =>
  `${share.toFixed(3)}  [${low.toFixed(3)}, ${high.toFixed(3)}]  of ${of}`;
