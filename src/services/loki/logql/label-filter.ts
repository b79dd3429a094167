import type { SyntaxNode } from '@lezer/common';
import { childrenOf, textOf } from '../../../toolset/query/parse.ts';
import { descend, only, type Printer, printName, printString, refuse, wordOf } from './printer.ts';
import { printMatcher, readMatcher } from './selector.ts';
import { COMPARISONS, NUMBER, SIZE, SPAN } from './vocabulary.ts';

const IP_OPERATORS = { Eq: '=', Neq: '!=' };

/** Writes a LabelFilter node: a comparison, one in parentheses, or two that are joined. */
export function printLabelFilter(printer: Printer, node: SyntaxNode): string {
  if (node.name !== 'LabelFilter') throw refuse(printer, node);
  const [first, ...rest] = childrenOf(node);
  if (!first) throw refuse(printer, node);
  if (first.name !== 'LabelFilter') {
    if (rest.length > 0) throw refuse(printer, node);
    return printComparison(printer, first);
  }
  const inner = (one: SyntaxNode) => descend(printer, one, () => printLabelFilter(printer, one));
  const last = rest.at(-1);
  if (!last) return `(${inner(first)})`;
  return `${inner(first)}${printJoint(printer, node, rest.slice(0, -1))}${inner(last)}`;
}

function printJoint(printer: Printer, node: SyntaxNode, between: readonly SyntaxNode[]): string {
  const [word, ...rest] = between;
  if (rest.length > 0) throw refuse(printer, node);
  // The grammar names `and` and `or`; a comma, which means `and`, leaves no node.
  return word === undefined ? ', ' : ` ${wordOf(printer, word, { And: 'and', Or: 'or' }, node)} `;
}

function printComparison(printer: Printer, node: SyntaxNode): string {
  if (node.name === 'Matcher') return printMatcher(readMatcher(printer, node));
  if (node.name === 'IpLabelFilter') return printIp(printer, node);
  if (node.name === 'NumberFilter') return printCompared(printer, node, printNumber);
  if (node.name !== 'UnitFilter') throw refuse(printer, node);
  const unit = only(printer, node);
  if (unit.name === 'DurationFilter') return printCompared(printer, unit, matching('Duration', SPAN));
  if (unit.name === 'BytesFilter') return printCompared(printer, unit, matching('Bytes', SIZE));
  throw refuse(printer, unit);
}

type PrintValue = (printer: Printer, node: SyntaxNode) => string;

function printCompared(printer: Printer, node: SyntaxNode, print: PrintValue): string {
  const [label, op, value, ...rest] = childrenOf(node);
  if (!value || rest.length > 0) throw refuse(printer, node);
  const name = printName(printer, label, node);
  return `${name} ${wordOf(printer, op, COMPARISONS, node)} ${print(printer, value)}`;
}

function printIp(printer: Printer, node: SyntaxNode): string {
  const [label, op, ip, value, ...rest] = childrenOf(node);
  if (ip?.name !== 'Ip' || rest.length > 0) throw refuse(printer, node);
  const name = printName(printer, label, node);
  return `${name} ${wordOf(printer, op, IP_OPERATORS, node)} ip(${printString(printer, value, node)})`;
}

const matching =
  (name: string, pattern: RegExp): PrintValue =>
  (printer, node) => {
    const text = textOf(printer.parsed, node);
    if (node.name !== name || !pattern.test(text)) throw refuse(printer, node, `${text} is not understood`);
    return text;
  };

/** A LiteralExpr node: a number that may have a sign. */
export function printNumber(printer: Printer, node: SyntaxNode): string {
  if (node.name !== 'LiteralExpr') throw refuse(printer, node);
  const [first, second, ...rest] = childrenOf(node);
  if (!first || rest.length > 0) throw refuse(printer, node);
  if (!second) return printDigits(printer, first);
  return `${wordOf(printer, first, { Add: '+', Sub: '-' }, node)}${printDigits(printer, second)}`;
}

/** A Number node. */
export function printDigits(printer: Printer, node: SyntaxNode): string {
  const text = textOf(printer.parsed, node).replace(/^\./, '0.');
  if (node.name === 'Number' && NUMBER.test(text)) return text;
  throw refuse(printer, node, 'write a decimal number such as 12, 0.5 or 1e3');
}
