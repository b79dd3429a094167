import type { SyntaxNode } from '@lezer/common';
import type { ScopeLabels } from '../../../toolset/label-scope.ts';
import type { Matcher } from '../../../toolset/query/matcher.ts';
import { childrenOf, type Parsed } from '../../../toolset/query/parse.ts';
import { printDigits, printNumber } from './label-filter.ts';
import { printLogRange } from './log-range.ts';
import { printPipeline } from './pipeline.ts';
import {
  confines,
  descend,
  itemsOf,
  only,
  type Printer,
  partsOf,
  printName,
  printString,
  readString,
  refuse,
  wordOf,
} from './printer.ts';
import { printStreams, type Selector } from './selector.ts';
import { AGGREGATIONS, OPERATORS, RANGE_FUNCTIONS } from './vocabulary.ts';

/** A query written anew from its parse tree. */
export interface Printed {
  readonly text: string;
  /** Whether it yields lines or numbers. */
  readonly kind: 'logs' | 'metric';
  readonly selectors: readonly Selector[];
}

/** Node types that stand for numbers. Every other type is reached only from the printer of its parent. */
const EXPRESSIONS: Readonly<Record<string, (printer: Printer, node: SyntaxNode) => string>> = {
  MetricExpr: (printer, node) => `(${printMetric(printer, node)})`,
  RangeAggregationExpr: printRangeFunction,
  VectorAggregationExpr: printAggregation,
  BinOpExpr: printBinary,
  LiteralExpr: printNumber,
  LabelReplaceExpr: printLabelReplace,
  VectorExpr: printVector,
};

/**
 * Writes a parse tree as LogQL, with `inject` added to every stream selector. No stage may rewrite or drop a
 * label of `scope`. Nothing of the source text gets through but names, numbers and strings that were each
 * checked; a node type without a printer is refused by name with ToolError('query_refused').
 */
export function printLogql(parsed: Parsed, inject: readonly Matcher[], scope: ScopeLabels): Printed {
  const printer: Printer = { parsed, inject, scope, selectors: [], depth: 0, growth: 1 };
  const expression = only(printer, only(printer, parsed.root));
  const isLogs = expression.name === 'LogExpr';
  const text = isLogs ? printLogs(printer, expression) : printMetric(printer, expression);
  return { text, kind: isLogs ? 'logs' : 'metric', selectors: printer.selectors };
}

/** A LogExpr node; parentheses around it mean nothing and are left out. */
function printLogs(printer: Printer, node: SyntaxNode): string {
  if (node.name !== 'LogExpr') throw refuse(printer, node);
  const [first, pipeline, ...rest] = childrenOf(node);
  if (!first || rest.length > 0) throw refuse(printer, node);
  if (first.name === 'LogExpr' && !pipeline) return descend(printer, first, () => printLogs(printer, first));
  if (first.name !== 'Selector') throw refuse(printer, first);
  const streams = printStreams(printer, first);
  if (!pipeline) return streams;
  if (pipeline.name !== 'PipelineExpr') throw refuse(printer, pipeline);
  return `${streams} ${printPipeline(printer, pipeline)}`;
}

/** A MetricExpr node. */
function printMetric(printer: Printer, node: SyntaxNode): string {
  if (node.name !== 'MetricExpr') {
    throw refuse(printer, node, 'expected numbers here; wrap lines in a function such as count_over_time');
  }
  const expression = only(printer, node);
  const print = Object.hasOwn(EXPRESSIONS, expression.name) ? EXPRESSIONS[expression.name] : undefined;
  if (!print) throw refuse(printer, expression);
  return descend(printer, node, () => print(printer, expression));
}

function printRangeFunction(printer: Printer, node: SyntaxNode): string {
  const [op, ...rest] = childrenOf(node);
  if (op?.name !== 'RangeOp') throw refuse(printer, node);
  const name = wordOf(printer, only(printer, op), RANGE_FUNCTIONS, op);
  const parts = partsOf(printer, rest, ['Number', 'LogRangeExpr', 'Grouping']);
  if (!parts.LogRangeExpr) throw refuse(printer, node);
  const grouping = parts.Grouping ? ` ${printGrouping(printer, parts.Grouping)}` : '';
  return `${name}(${printParameter(printer, parts.Number)}${printLogRange(printer, parts.LogRangeExpr)})${grouping}`;
}

function printAggregation(printer: Printer, node: SyntaxNode): string {
  const [op, ...rest] = childrenOf(node);
  if (op?.name !== 'VectorOp') throw refuse(printer, node);
  const name = wordOf(printer, only(printer, op), AGGREGATIONS, op);
  const parts = partsOf(printer, rest, ['Grouping', 'Number', 'MetricExpr']);
  if (!parts.MetricExpr) throw refuse(printer, node);
  const grouping = parts.Grouping ? ` ${printGrouping(printer, parts.Grouping)} ` : '';
  return `${name}${grouping}(${printParameter(printer, parts.Number)}${printMetric(printer, parts.MetricExpr)})`;
}

const printParameter = (printer: Printer, node: SyntaxNode | undefined): string =>
  node ? `${printDigits(printer, node)}, ` : '';

/** `by (a, b)` or `without ()`. */
function printGrouping(printer: Printer, node: SyntaxNode): string {
  const [keyword, labels, ...rest] = childrenOf(node);
  const word = wordOf(printer, keyword, { By: 'by', Without: 'without' }, node);
  if (rest.length > 0 || (labels && labels.name !== 'Labels')) throw refuse(printer, node);
  const names = labels ? itemsOf(labels).map((one) => printName(printer, one, node)) : [];
  return `${word} (${names.join(', ')})`;
}

function printBinary(printer: Printer, node: SyntaxNode): string {
  const [left, op, modifier, right, ...rest] = childrenOf(node);
  if (!left || modifier?.name !== 'BinOpModifier' || !right || rest.length > 0) throw refuse(printer, node);
  return [
    printOperand(printer, left),
    wordOf(printer, op, OPERATORS, node),
    ...childrenOf(modifier).flatMap((word) => printModifier(printer, word)),
    printOperand(printer, right),
  ].join(' ');
}

function printOperand(printer: Printer, node: SyntaxNode): string {
  if (node.name !== 'Expr') throw refuse(printer, node);
  return printMetric(printer, only(printer, node));
}

const MODIFIERS = { Bool: 'bool', GroupLeft: 'group_left', GroupRight: 'group_right' };

function printModifier(printer: Printer, node: SyntaxNode): string[] {
  if (node.name === 'GroupingLabels') return [printGroupingLabels(printer, node)];
  if (node.name !== 'OnOrIgnoringModifier') {
    // Without labels of its own it would take the parentheses of what follows for them.
    const isBare = node.name !== 'Bool' && node.nextSibling?.name !== 'GroupingLabels';
    return [wordOf(printer, node, MODIFIERS, node), ...(isBare ? ['()'] : [])];
  }
  const [keyword, labels, ...rest] = childrenOf(node);
  if (!labels || rest.length > 0) throw refuse(printer, node);
  const word = wordOf(printer, keyword, { On: 'on', Ignoring: 'ignoring' }, node);
  return [word, printGroupingLabels(printer, labels)];
}

function printGroupingLabels(printer: Printer, node: SyntaxNode): string {
  const [list, ...rest] = childrenOf(node);
  if (node.name !== 'GroupingLabels' || rest.length > 0) throw refuse(printer, node);
  if (list && list.name !== 'GroupingLabelList') throw refuse(printer, list);
  const labels = list ? itemsOf(list) : [];
  return `(${labels.map((one) => printName(printer, only(printer, one), one)).join(', ')})`;
}

/** `label_replace(v, "to", "$1", "from", "regex")`, which may write no label of the scope. */
function printLabelReplace(printer: Printer, node: SyntaxNode): string {
  const [keyword, inner, target, ...strings] = childrenOf(node);
  if (keyword?.name !== 'LabelReplace' || !inner || !target || strings.length !== 3)
    throw refuse(printer, node);
  const label = readString(printer, target, node);
  if (Object.hasOwn(printer.scope, label)) throw refuse(printer, target, confines(label));
  const written = [target, ...strings].map((one) => printString(printer, one, node));
  return `label_replace(${[printMetric(printer, inner), ...written].join(', ')})`;
}

function printVector(printer: Printer, node: SyntaxNode): string {
  const [keyword, value, ...rest] = childrenOf(node);
  if (keyword?.name !== 'Vector' || !value || rest.length > 0) throw refuse(printer, node);
  return `vector(${printDigits(printer, value)})`;
}
