import { parser } from '@prometheus-io/lezer-promql';

/**
 * The selectors of an expression that lack `namespace="shop"`, found without any code of the guard: by the
 * source text of each matcher. Fed with what Prometheus itself printed, it tells what Prometheus understood.
 */
export function unconfined(expr: string, matcher = 'namespace="shop"'): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ node, name, from, to }) => {
      if (name !== 'VectorSelector') return;
      const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      if (!matchers.some((one) => expr.slice(one.from, one.to) === matcher)) found.push(expr.slice(from, to));
    },
  });
  return found;
}

/** How many vector selectors an expression has. */
export function countSelectors(expr: string): number {
  let count = 0;
  parser.parse(expr).iterate({
    enter: ({ name }) => {
      if (name === 'VectorSelector') count++;
    },
  });
  return count;
}
