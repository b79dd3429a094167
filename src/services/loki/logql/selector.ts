import type { SyntaxNode } from '@lezer/common';
import { isSame, type Matcher } from '../../../toolset/query/matcher.ts';
import { childrenOf } from '../../../toolset/query/parse.ts';
import { encodeString } from '../../../toolset/query/string-literal.ts';
import { itemsOf, only, type Printer, printName, readString, refuse, wordOf } from './printer.ts';
import { MATCH_OPERATORS } from './vocabulary.ts';

/** The matchers of one stream selector, all of which a stream has to satisfy. */
export type Selector = readonly Matcher[];

/** Writes a stream selector with the injected matchers in it, and notes it. */
export function printStreams(printer: Printer, node: SyntaxNode): string {
  const list = only(printer, node);
  if (list.name !== 'Matchers') throw refuse(printer, list);
  const own = itemsOf(list).map((one) => readMatcher(printer, one));
  const selector = [...own, ...printer.inject.filter((one) => !own.some((other) => isSame(one, other)))];
  printer.selectors.push(selector);
  return printSelector(selector);
}

/** Reads a Matcher node. */
export function readMatcher(printer: Printer, node: SyntaxNode): Matcher {
  const [label, op, value, ...rest] = childrenOf(node);
  if (node.name !== 'Matcher' || rest.length > 0) throw refuse(printer, node);
  return {
    label: printName(printer, label, node),
    op: wordOf(printer, op, MATCH_OPERATORS, node),
    value: readString(printer, value, node),
  };
}

export const printMatcher = ({ label, op, value }: Matcher): string => `${label}${op}${encodeString(value)}`;

/** Writes a selector in one form only. */
export const printSelector = (selector: Selector): string => `{${selector.map(printMatcher).join(', ')}}`;
