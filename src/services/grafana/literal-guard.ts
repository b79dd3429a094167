import { parser as logql } from '@grafana/lezer-logql';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { ToolError } from '../../toolset/errors.ts';
import type { ReadingType } from './read-query.ts';

/** Each language's parser, its strings, and the places of a string that hold a value and no name. */
const LANGUAGES = {
  prometheus: {
    parser: promql,
    string: 'StringLiteral',
    holders: ['UnquotedLabelMatcher', 'QuotedLabelMatcher'],
  },
  loki: { parser: logql, string: 'String', holders: ['Matcher', 'LineFilter'] },
} as const;

interface Literal {
  readonly from: number;
  readonly to: number;
  readonly isValue: boolean;
  /** A regular expression, in which a dot that nobody escaped would match anything. */
  readonly isPattern: boolean;
}

/**
 * Proves that what a caller wrote into a stored query stays within the values of label matchers and line filters.
 *
 * The query is parsed with the caller's values and with a harmless word in their place. Outside the strings both
 * must be the same, byte for byte, and a string that differs must be a value: so no metric, label, function or
 * range was chosen. Throws ToolError('query_refused').
 */
export function assertOnlyValues(type: ReadingType, text: string, innocent: string): void {
  const given = literalsOf(type, text);
  const harmless = literalsOf(type, innocent);
  const isSame = given.literals.length === harmless.literals.length && given.skeleton === harmless.skeleton;
  const mayDiffer = given.literals.every(({ isValue, isPattern }, index) => {
    const [own = '', other = ''] = [given.texts[index], harmless.texts[index]];
    return own === other || (isValue && !(isPattern && dotsIn(own) !== dotsIn(other)));
  });
  if (!isSame || !mayDiffer)
    throw new ToolError(
      'query_refused',
      'the stored query takes this variable elsewhere than as a whole value of a label or a searched text; choose one of its stored options',
    );
}

function literalsOf(type: ReadingType, text: string) {
  const { parser, string, holders } = LANGUAGES[type];
  const readable = forParser(text);
  const tree = parser.parse(readable);
  const literals: Literal[] = [];
  tree.iterate({
    enter(node) {
      if (node.type.isError)
        throw new ToolError(
          'query_refused',
          'the stored query cannot be read here, so only stored options of its variables may be chosen',
        );
      if (node.name !== string) return;
      const holder = node.node.parent;
      const isHeld = holders.some((name) => name === holder?.name);
      literals.push({
        from: node.from,
        to: node.to,
        isValue: holder !== null && isHeld && !picksByName(readable.slice(holder.from, holder.to)),
        isPattern: holder !== null && /[=!|]~/.test(readable.slice(holder.from, node.from)),
      });
    },
  });
  return {
    literals,
    texts: literals.map(({ from, to }) => readable.slice(from, to)),
    skeleton: skeletonOf(readable, literals),
  };
}

/** Whether a matcher picks metrics by their name. */
const picksByName = (matcher: string): boolean => /^\s*["'`]?__name__\b/.test(matcher);

/** How many dots of a pattern match any character. */
const dotsIn = (pattern: string): number => pattern.match(/(?<!\\)\./g)?.length ?? 0;

/** The text with every string emptied. */
function skeletonOf(text: string, literals: readonly Literal[]): string {
  let at = 0;
  let rest = '';
  for (const { from, to } of literals) {
    rest += `${text.slice(at, from)}""`;
    at = to;
  }
  return rest + text.slice(at);
}

/** What the backend puts in later, with something of its kind in its place. */
const forParser = (text: string): string =>
  text
    .replace(
      /\$(?:__(?:interval|range|rate_interval)_(?:ms|s)\b|\{__(?:interval|range|rate_interval)_(?:ms|s)\})/g,
      '1',
    )
    .replace(
      /\$(?:__(?:interval|range|rate_interval|auto)\b|\{__(?:interval|range|rate_interval|auto)\})/g,
      '5m',
    );
