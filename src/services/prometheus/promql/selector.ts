import type { SyntaxNode } from '@lezer/common';
import { LABEL_NAME } from '../../../toolset/label-scope.ts';
import type { Matcher } from '../../../toolset/query/matcher.ts';
import { childrenOf, type Parsed, refusedAt, textOf } from '../../../toolset/query/parse.ts';
import { decodeString, encodeString } from '../../../toolset/query/string-literal.ts';
import { MATCH_OPERATORS, METRIC_NAME } from './vocabulary.ts';

/** A vector selector as what it means: a metric name that stands before or in the braces, and matchers. */
export interface Selector {
  readonly metric?: string;
  readonly matchers: readonly Matcher[];
}

/** Reads a VectorSelector node. Throws ToolError('query_refused') for anything unknown in it. */
export function readSelector(parsed: Parsed, node: SyntaxNode): Selector {
  const names: string[] = [];
  const matchers: Matcher[] = [];
  for (const child of childrenOf(node)) {
    if (child.name === 'Identifier') names.push(textOf(parsed, child));
    else if (child.name === 'LabelMatchers') readMatchers(parsed, child, names, matchers);
    else throw unknown(parsed, child);
  }
  if (names.length > 1) throw refusedAt(parsed.text, node.from, 'a selector names its metric once');
  const [metric] = names;
  return metric === undefined ? { matchers } : { metric, matchers };
}

function readMatchers(parsed: Parsed, list: SyntaxNode, names: string[], matchers: Matcher[]): void {
  for (const child of childrenOf(list)) {
    if (child.name === 'QuotedLabelName') names.push(readString(parsed, child));
    else if (child.name === 'UnquotedLabelMatcher' || child.name === 'QuotedLabelMatcher') {
      matchers.push(readMatcher(parsed, child));
    } else throw unknown(parsed, child);
  }
}

function readMatcher(parsed: Parsed, node: SyntaxNode): Matcher {
  const [label, op, value, ...rest] = childrenOf(node);
  const written = MATCH_OPERATORS[op?.firstChild?.name ?? ''];
  if (!label || !value || !written || rest.length > 0) throw unknown(parsed, node);
  return { label: readLabelName(parsed, label), op: written, value: readString(parsed, value) };
}

/** Reads a LabelName or QuotedLabelName node. */
export function readLabelName(parsed: Parsed, node: SyntaxNode): string {
  if (node.name === 'QuotedLabelName') return readString(parsed, node);
  const name = textOf(parsed, node);
  if (node.name !== 'LabelName' || !LABEL_NAME.test(name)) throw unknown(parsed, node);
  return name;
}

/** Reads the value of a StringLiteral node, or of a node that is one string. */
export function readString(parsed: Parsed, node: SyntaxNode): string {
  const value = decodeString(textOf(parsed, node));
  if (value !== undefined) return value;
  throw refusedAt(parsed.text, node.from, 'not a string that Prometheus reads; check its quotes and escapes');
}

/** A label name as PromQL writes it: quoted where it is not a plain word. */
export const printLabelName = (name: string): string => (LABEL_NAME.test(name) ? name : encodeString(name));

/**
 * Writes a selector in one form only, so that a reader with other ideas about quotes, spaces or commas
 * cannot see another selector in it. A name that needs quotes becomes a `__name__` matcher, which means the same.
 */
export function printSelector({ metric, matchers }: Selector): string {
  const plain = metric !== undefined && METRIC_NAME.test(metric);
  const named = metric === undefined || plain ? [] : [{ label: '__name__', op: '=', value: metric }];
  const written = [...named, ...matchers].map(
    ({ label, op, value }) => `${printLabelName(label)}${op}${encodeString(value)}`,
  );
  return `${plain ? metric : ''}{${written.join(',')}}`;
}

const unknown = (parsed: Parsed, node: SyntaxNode) =>
  refusedAt(parsed.text, node.from, `${node.name} is not accepted in a selector`);
