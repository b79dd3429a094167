import type { SyntaxNode } from '@lezer/common';
import { childrenOf, textOf } from '../../../toolset/query/parse.ts';
import { DURATION } from '../../../toolset/query/time.ts';
import { printLabelFilter } from './label-filter.ts';
import { printPipeline } from './pipeline.ts';
import { only, type Printer, partsOf, printName, refuse, wordOf } from './printer.ts';
import { printStreams } from './selector.ts';
import { CONVERSIONS } from './vocabulary.ts';

/**
 * Writes a LogRangeExpr node: the lines that a function counts over a window. The grammar takes its parts in many
 * orders that mean the same; one is written.
 */
export function printLogRange(printer: Printer, node: SyntaxNode): string {
  let inner = node;
  while (inner.firstChild?.name === 'LogRangeExpr') inner = only(printer, inner);
  const names = ['Selector', 'PipelineExpr', 'UnwrapExpr', 'Range', 'OffsetExpr'] as const;
  const parts = partsOf(printer, childrenOf(inner), names);
  if (!parts.Selector || !parts.Range) throw refuse(printer, inner);
  const streams = printStreams(printer, parts.Selector);
  const stages = [
    ...(parts.PipelineExpr ? [printPipeline(printer, parts.PipelineExpr)] : []),
    ...(parts.UnwrapExpr ? [printUnwrap(printer, parts.UnwrapExpr)] : []),
  ];
  const window = `[${printWindow(printer, parts.Range)}]`;
  if (!parts.OffsetExpr) return [streams, ...stages, window].join(' ');
  // Behind an unwrap the grammar takes no offset, so a moved window stands before the stages.
  return [streams, window, printOffset(printer, parts.OffsetExpr), ...stages].join(' ');
}

function printWindow(printer: Printer, node: SyntaxNode): string {
  const text = textOf(printer.parsed, only(printer, node));
  if (DURATION.test(text)) return text;
  throw refuse(printer, node, 'write a window such as [5m], [1h30m] or [500ms]');
}

function printOffset(printer: Printer, node: SyntaxNode): string {
  const [keyword, duration, ...rest] = childrenOf(node);
  if (keyword?.name !== 'Offset' || !duration || rest.length > 0) throw refuse(printer, node);
  const text = textOf(printer.parsed, duration);
  if (DURATION.test(text.replace(/^-/, ''))) return `offset ${text}`;
  throw refuse(printer, duration, 'write an offset such as 5m or 1h30m');
}

/** `| unwrap label`, maybe converted, and the label filters behind it. */
function printUnwrap(printer: Printer, node: SyntaxNode): string {
  const filters: string[] = [];
  let base = node;
  for (let first = base.firstChild; first?.name === 'UnwrapExpr'; first = base.firstChild) {
    const [, pipe, filter, ...rest] = childrenOf(base);
    if (pipe?.name !== 'Pipe' || !filter || rest.length > 0) throw refuse(printer, base);
    filters.unshift(`| ${printLabelFilter(printer, filter)}`);
    base = first;
  }
  const [pipe, keyword, ...value] = childrenOf(base);
  if (pipe?.name !== 'Pipe' || keyword?.name !== 'Unwrap') throw refuse(printer, base);
  return [`| unwrap ${printUnwrapped(printer, base, value)}`, ...filters].join(' ');
}

function printUnwrapped(printer: Printer, parent: SyntaxNode, value: readonly SyntaxNode[]): string {
  const [first, second, ...rest] = value;
  if (rest.length > 0) throw refuse(printer, parent);
  if (first?.name !== 'ConvOp') {
    if (second) throw refuse(printer, second);
    return printName(printer, first, parent);
  }
  const conversion = wordOf(printer, only(printer, first), CONVERSIONS, first);
  return `${conversion}(${printName(printer, second, parent)})`;
}
