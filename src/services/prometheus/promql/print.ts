import type { SyntaxNode } from '@lezer/common';
import type { Matcher } from '../../../toolset/query/matcher.ts';
import { childrenOf, type Parsed, refusedAt, textOf } from '../../../toolset/query/parse.ts';
import { encodeString } from '../../../toolset/query/string-literal.ts';
import { DURATION } from '../../../toolset/query/time.ts';
import {
  printLabelName,
  printSelector,
  readLabelName,
  readSelector,
  readString,
  type Selector,
} from './selector.ts';
import { AGGREGATIONS, FUNCTIONS, NUMBER, OPERATORS } from './vocabulary.ts';

const MAX_DEPTH = 100;

/** Node types that stand for a value. Every other type is reached only from the printer of its parent. */
const EXPRESSIONS: Readonly<Record<string, (printer: Printer, node: SyntaxNode) => string>> = {
  AggregateExpr: printAggregate,
  BinaryExpr: printBinary,
  FunctionCall: printCall,
  MatrixSelector: printMatrix,
  NumberDurationLiteral: printNumber,
  OffsetExpr: printOffset,
  ParenExpr: (printer, node) => `(${printExpression(printer, only(printer, node))})`,
  StepInvariantExpr: printAt,
  StringLiteral: (printer, node) => encodeString(readString(printer.parsed, node)),
  SubqueryExpr: printSubquery,
  UnaryExpr: printUnary,
  VectorSelector: printVector,
};

interface Printer {
  readonly parsed: Parsed;
  readonly inject: readonly Matcher[];
  readonly selectors: Selector[];
  depth: number;
}

/** An expression written anew from its parse tree, and every selector that it holds. */
export interface Printed {
  readonly text: string;
  readonly selectors: readonly Selector[];
}

/**
 * Writes a parse tree as PromQL, with the given matchers added to every selector. Nothing of the source text
 * gets through but names, numbers and strings that were each checked; a node type without a printer is
 * refused by name with ToolError('query_refused').
 */
export function printPromql(parsed: Parsed, inject: readonly Matcher[]): Printed {
  const printer: Printer = { parsed, inject, selectors: [], depth: 0 };
  const text = printExpression(printer, only(printer, parsed.root));
  return { text, selectors: printer.selectors };
}

function printExpression(printer: Printer, node: SyntaxNode): string {
  const print = Object.hasOwn(EXPRESSIONS, node.name) ? EXPRESSIONS[node.name] : undefined;
  if (!print) throw refuse(printer, node);
  if (++printer.depth > MAX_DEPTH) {
    throw refusedAt(printer.parsed.text, node.from, `nested more than ${MAX_DEPTH} deep; split the query`);
  }
  const text = print(printer, node);
  printer.depth--;
  return text;
}

function printVector(printer: Printer, node: SyntaxNode): string {
  const { matchers, ...named } = readSelector(printer.parsed, node);
  const selector = { ...named, matchers: [...matchers, ...printer.inject] };
  printer.selectors.push(selector);
  return printSelector(selector);
}

function printAggregate(printer: Printer, node: SyntaxNode): string {
  const [op, ...rest] = childrenOf(node);
  const body = rest.find((child) => child.name === 'FunctionCallBody');
  const modifier = rest.find((child) => child.name === 'AggregateModifier');
  if (!op || !body || rest.length !== (modifier ? 2 : 1)) throw refuse(printer, node);
  const name = textOf(printer.parsed, op).toLowerCase();
  if (!AGGREGATIONS.has(name)) throw refuse(printer, op, `the aggregation ${name} is not accepted`);
  return `${name}${modifier ? ` ${printGrouping(printer, modifier, ['By', 'Without'])} ` : ''}${printBody(printer, body)}`;
}

function printCall(printer: Printer, node: SyntaxNode): string {
  const [identifier, body, ...rest] = childrenOf(node);
  if (!identifier || body?.name !== 'FunctionCallBody' || rest.length > 0) throw refuse(printer, node);
  const name = textOf(printer.parsed, identifier);
  if (FUNCTIONS.has(name)) return `${name}${printBody(printer, body)}`;
  const reason = name === 'info' ? 'it reads series that no selector names' : 'it is experimental or unknown';
  throw refuse(printer, identifier, `the function ${name} is not accepted: ${reason}`);
}

const printBody = (printer: Printer, node: SyntaxNode): string =>
  `(${childrenOf(node)
    .map((argument) => printExpression(printer, argument))
    .join(', ')})`;

/** A keyword of the given ones and the label list behind it: `by (a, b)`. */
function printGrouping(printer: Printer, node: SyntaxNode, keywords: readonly string[]): string {
  const [keyword, labels, ...rest] = childrenOf(node);
  if (!keyword || !labels || rest.length > 0 || !keywords.includes(keyword.name)) throw refuse(printer, node);
  return `${keyword.name.toLowerCase()} ${printLabels(printer, labels)}`;
}

function printLabels(printer: Printer, node: SyntaxNode): string {
  if (node.name !== 'GroupingLabels') throw refuse(printer, node);
  const names = childrenOf(node).map((child) => printLabelName(readLabelName(printer.parsed, child)));
  return `(${names.join(', ')})`;
}

function printBinary(printer: Printer, node: SyntaxNode): string {
  const children = childrenOf(node);
  const [left, op] = children;
  const right = children.at(-1);
  const operator = op && Object.hasOwn(OPERATORS, op.name) ? OPERATORS[op.name] : undefined;
  if (!left || !right || !operator || children.length < 3) throw refuse(printer, op ?? node);
  const modifiers = children.slice(2, -1).map((modifier) => printModifier(printer, modifier));
  return [printExpression(printer, left), operator, ...modifiers, printExpression(printer, right)].join(' ');
}

const MATCHING: Readonly<Record<string, string>> = {
  On: 'on',
  Ignoring: 'ignoring',
  GroupLeft: 'group_left',
  GroupRight: 'group_right',
};

function printModifier(printer: Printer, node: SyntaxNode): string {
  if (node.name === 'BoolModifier') return 'bool';
  if (node.name !== 'MatchingModifierClause') throw refuse(printer, node);
  const words = childrenOf(node).map((child) => MATCHING[child.name] ?? printLabels(printer, child));
  return words.join(' ');
}

function printMatrix(printer: Printer, node: SyntaxNode): string {
  const [selector, window, ...rest] = childrenOf(node);
  if (selector?.name !== 'VectorSelector' || !window || rest.length > 0) {
    throw refuse(
      printer,
      node,
      'a range such as [5m] stands right behind a selector; else use a subquery [5m:1m]',
    );
  }
  return `${printExpression(printer, selector)}[${printDuration(printer, window)}]`;
}

function printSubquery(printer: Printer, node: SyntaxNode): string {
  const [inner, window, step, ...rest] = childrenOf(node);
  if (!inner || !window || rest.length > 0) throw refuse(printer, node);
  const every = step ? printDuration(printer, step) : '';
  return `${printExpression(printer, inner)}[${printDuration(printer, window)}:${every}]`;
}

/** A plain duration. Duration arithmetic, `step()` and `range()` are experimental and refused. */
function printDuration(printer: Printer, node: SyntaxNode): string {
  const literal = only(printer, node);
  const text = textOf(printer.parsed, literal);
  const known = node.name === 'DurationExpr' || node.name === 'OffsetDurationExpr';
  if (!known || literal.name !== 'NumberDurationLiteralInDurationContext') throw refuse(printer, literal);
  if (!DURATION.test(text)) throw refuse(printer, literal, 'write a duration such as 5m, 1h30m or 500ms');
  return text;
}

function printOffset(printer: Printer, node: SyntaxNode): string {
  const [inner, keyword, offset, ...rest] = childrenOf(node);
  if (!inner || keyword?.name !== 'Offset' || !offset || rest.length > 0) throw refuse(printer, node);
  const [first, second] = childrenOf(offset);
  const sign = first?.name === 'UnaryOp' ? printSign(printer, first) : '';
  return `${printExpression(printer, inner)} offset ${sign}${printDuration(printer, sign && second ? second : offset)}`;
}

function printAt(printer: Printer, node: SyntaxNode): string {
  const [inner, at, moment, ...rest] = childrenOf(node);
  if (!inner || at?.name !== 'At' || !moment || rest.length > 0) throw refuse(printer, node);
  return `${printExpression(printer, inner)} @ ${printMoment(printer, moment)}`;
}

function printMoment(printer: Printer, node: SyntaxNode): string {
  if (node.name === 'NumberDurationLiteral') return printNumber(printer, node);
  const which = only(printer, node).name;
  if (node.name === 'AtModifierPreprocessors' && which === 'AtStart') return 'start()';
  if (node.name === 'AtModifierPreprocessors' && which === 'AtEnd') return 'end()';
  throw refuse(printer, node);
}

function printUnary(printer: Printer, node: SyntaxNode): string {
  const [op, inner, ...rest] = childrenOf(node);
  if (op?.name !== 'UnaryOp' || !inner || rest.length > 0) throw refuse(printer, node);
  return `${printSign(printer, op)}${printExpression(printer, inner)}`;
}

function printSign(printer: Printer, node: SyntaxNode): string {
  const sign = textOf(printer.parsed, node);
  if (sign !== '+' && sign !== '-') throw refuse(printer, node);
  return sign;
}

function printNumber(printer: Printer, node: SyntaxNode): string {
  const text = textOf(printer.parsed, node);
  if (NUMBER.test(text) || DURATION.test(text)) return text;
  throw refuse(printer, node, 'not a number that Prometheus reads');
}

/** The one child of a node that has exactly one. */
function only(printer: Printer, node: SyntaxNode): SyntaxNode {
  const [child, ...rest] = childrenOf(node);
  if (!child || rest.length > 0) throw refuse(printer, node);
  return child;
}

const refuse = (printer: Printer, node: SyntaxNode, reason = `${node.name} is not accepted`) =>
  refusedAt(printer.parsed.text, node.from, reason);
