import type { SyntaxNode } from '@lezer/common';
import { childrenOf, textOf } from '../../../toolset/query/parse.ts';
import { printLabelFilter } from './label-filter.ts';
import {
  confines,
  itemsOf,
  only,
  type Printer,
  printRewritten,
  printString,
  readString,
  refuse,
  wordOf,
} from './printer.ts';
import { printMatcher, readMatcher } from './selector.ts';
import { judgeTemplate } from './template.ts';
import { LINE_FILTERS } from './vocabulary.ts';

/** How many times over the templates of one pipeline may put a line into one. */
const MAX_GROWTH = 256;
const PARSER_FLAGS = ['--strict', '--keep-empty'];

/** Node name of each stage behind a `|` to its printer. */
const STAGES: Readonly<Record<string, (printer: Printer, node: SyntaxNode) => string>> = {
  LabelParser: printParser,
  LogfmtParser: printLogfmt,
  LogfmtExpressionParser: printLogfmt,
  JsonExpressionParser: (printer, node) => `json ${printExtractions(printer, behind(printer, node, 'Json'))}`,
  LabelFilter: printLabelFilter,
  LineFormatExpr: printLineFormat,
  LabelFormatExpr: printLabelFormat,
  DecolorizeExpr: () => 'decolorize',
  DropLabelsExpr: printDrop,
  KeepLabelsExpr: printKeep,
};

/** Writes a PipelineExpr node. Throws ToolError('query_refused') for a stage that is not known. */
export function printPipeline(printer: Printer, node: SyntaxNode): string {
  printer.growth = 1;
  const stages = itemsOf(node).map((stage) => printStage(printer, stage));
  return stages.join(' ');
}

function printStage(printer: Printer, node: SyntaxNode): string {
  const [first, stage, ...rest] = childrenOf(node);
  if (node.name !== 'PipelineStage' || !first || rest.length > 0) throw refuse(printer, node);
  if (first.name === 'LineFilters' && !stage) return printLineFilters(printer, first);
  if (first.name !== 'Pipe' || !stage || !Object.hasOwn(STAGES, stage.name))
    throw refuse(printer, stage ?? first);
  return `| ${STAGES[stage.name]?.(printer, stage)}`;
}

function printLineFilters(printer: Printer, node: SyntaxNode): string {
  const words = itemsOf(node).map((one) => {
    if (one.name === 'LineFilter') return printLineFilter(printer, one);
    if (one.name === 'Or') return 'or';
    if (one.name !== 'OrFilter') throw refuse(printer, one);
    return printValues(printer, one, childrenOf(one));
  });
  return words.join(' ');
}

function printLineFilter(printer: Printer, node: SyntaxNode): string {
  const [filter, ...values] = childrenOf(node);
  if (filter?.name !== 'Filter') throw refuse(printer, node);
  const op = wordOf(printer, only(printer, filter), LINE_FILTERS, filter);
  return `${op} ${printValues(printer, node, values)}`;
}

/** What is looked for in a line: strings or `ip(...)`, joined by `or`, which the grammar nests to the right. */
function printValues(printer: Printer, parent: SyntaxNode, values: readonly SyntaxNode[]): string {
  const written: string[] = [];
  for (let rest = values; ; ) {
    const [first, or, other, ...more] = rest;
    if (first?.name === 'FilterOp') return [...written, printIp(printer, parent, rest)].join(' or ');
    written.push(printString(printer, first, parent));
    if (!or) return written.join(' or ');
    if (or.name !== 'Or' || other?.name !== 'OrFilter' || more.length > 0) throw refuse(printer, or);
    rest = childrenOf(other);
  }
}

function printIp(printer: Printer, parent: SyntaxNode, [op, value, ...rest]: readonly SyntaxNode[]): string {
  if (!op || only(printer, op).name !== 'Ip' || rest.length > 0) throw refuse(printer, parent);
  return `ip(${printString(printer, value, parent)})`;
}

function printParser(printer: Printer, node: SyntaxNode): string {
  const [kind, expression, ...rest] = childrenOf(node);
  if (rest.length > 0) throw refuse(printer, node);
  if (expression) {
    const word = wordOf(printer, kind, { Regexp: 'regexp', Pattern: 'pattern' }, node);
    return `${word} ${printString(printer, expression, node)}`;
  }
  return wordOf(printer, kind, { Json: 'json', Unpack: 'unpack' }, node);
}

function printLogfmt(printer: Printer, node: SyntaxNode): string {
  const [keyword, ...parts] = childrenOf(node);
  if (keyword?.name !== 'Logfmt') throw refuse(printer, node);
  const words = parts.map((part) =>
    part.name === 'LogfmtParserFlags' ? printFlags(printer, part) : printExtractions(printer, part),
  );
  return ['logfmt', ...words].join(' ');
}

const printFlags = (printer: Printer, node: SyntaxNode): string =>
  itemsOf(node)
    .map((one) => {
      const flag = textOf(printer.parsed, one);
      if (one.name !== 'ParserFlag' || !PARSER_FLAGS.includes(flag)) throw refuse(printer, one);
      return flag;
    })
    .join(' ');

function printExtractions(printer: Printer, node: SyntaxNode): string {
  if (node.name !== 'LabelExtractionExpressionList') throw refuse(printer, node);
  return printList(node, (one) => {
    const [label, eq, value, ...rest] = childrenOf(one);
    if (one.name !== 'LabelExtractionExpression' || rest.length > 0) throw refuse(printer, one);
    const name = printRewritten(printer, label, one);
    if (!eq) return name;
    if (eq.name !== 'Eq') throw refuse(printer, eq);
    return `${name}=${printString(printer, value, one)}`;
  });
}

function printLineFormat(printer: Printer, node: SyntaxNode): string {
  const template = behind(printer, node, 'LineFormat');
  grow(printer, node, piecesOf(printer, template));
  return `line_format ${printString(printer, template, node)}`;
}

function printLabelFormat(printer: Printer, node: SyntaxNode): string {
  let pieces = 0;
  const formats = printList(behind(printer, node, 'LabelFormat'), (one) => {
    const [label, eq, value, ...rest] = childrenOf(one);
    if (one.name !== 'LabelFormatMatcher' || eq?.name !== 'Eq' || !value || rest.length > 0) {
      throw refuse(printer, one);
    }
    const name = printRewritten(printer, label, one);
    // Renaming takes the old label away.
    if (value.name === 'Identifier') return `${name}=${printRewritten(printer, value, one)}`;
    pieces += piecesOf(printer, value);
    return `${name}=${printString(printer, value, one)}`;
  });
  grow(printer, node, pieces);
  return `label_format ${formats}`;
}

function piecesOf(printer: Printer, node: SyntaxNode): number {
  const verdict = judgeTemplate(readString(printer, node, node));
  if (verdict.refusal !== undefined) throw refuse(printer, node, verdict.refusal);
  return verdict.pieces;
}

/** Counts what templates can make of one line, since each stage works on what the one before it made. */
function grow(printer: Printer, node: SyntaxNode, pieces: number): void {
  printer.growth *= Math.max(1, pieces);
  if (printer.growth > MAX_GROWTH) {
    throw refuse(printer, node, 'the templates of this pipeline blow a line up too far; use fewer labels');
  }
}

function printDrop(printer: Printer, node: SyntaxNode): string {
  return `drop ${printList(behind(printer, node, 'Drop'), (one) => printPicked(printer, one, 'DropLabel'))}`;
}

/** Labels of the scope are kept with the others, since what comes back is checked by them. */
function printKeep(printer: Printer, node: SyntaxNode): string {
  const list = behind(printer, node, 'Keep');
  const open: Printer = { ...printer, scope: {} };
  const kept = itemsOf(list).map((one) => printPicked(open, one, 'KeepLabel'));
  const added = Object.keys(printer.scope).filter((label) => !kept.includes(label));
  return `keep ${[...kept, ...added].join(', ')}`;
}

/** A label of `drop` or `keep`, or a matcher on it. */
function printPicked(printer: Printer, node: SyntaxNode, kind: string): string {
  if (node.name !== kind) throw refuse(printer, node);
  const picked = only(printer, node);
  if (picked.name !== 'Matcher') return printRewritten(printer, picked, node);
  const matcher = readMatcher(printer, picked);
  if (Object.hasOwn(printer.scope, matcher.label)) throw refuse(printer, picked, confines(matcher.label));
  return printMatcher(matcher);
}

const printList = (list: SyntaxNode, print: (item: SyntaxNode) => string): string =>
  itemsOf(list).map(print).join(', ');

/** What stands behind a stage's keyword. */
function behind(printer: Printer, node: SyntaxNode, keyword: string): SyntaxNode {
  const [first, second, ...rest] = childrenOf(node);
  if (first?.name !== keyword || !second || rest.length > 0) throw refuse(printer, node);
  return second;
}
