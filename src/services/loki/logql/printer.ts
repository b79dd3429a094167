import type { SyntaxNode } from '@lezer/common';
import { LABEL_NAME, type ScopeLabels } from '../../../toolset/label-scope.ts';
import type { Matcher } from '../../../toolset/query/matcher.ts';
import { childrenOf, type Parsed, refusedAt, textOf } from '../../../toolset/query/parse.ts';
import { decodeString, encodeString } from '../../../toolset/query/string-literal.ts';
import type { Selector } from './selector.ts';
import { RESERVED } from './vocabulary.ts';

const MAX_DEPTH = 100;

/** What the printers of one query share. */
export interface Printer {
  readonly parsed: Parsed;
  /** Put into every selector. */
  readonly inject: readonly Matcher[];
  /** Labels that no stage may rewrite, so that they still say where a line is from when it comes back. */
  readonly scope: ScopeLabels;
  readonly selectors: Selector[];
  depth: number;
  /** How many times over the templates of the present pipeline can put a line into one. */
  growth: number;
}

/** A refusal of a node that says where it stands. */
export const refuse = (
  { parsed }: Printer,
  node: SyntaxNode,
  reason = `${node.name} is not accepted`,
): Error => refusedAt(parsed.text, node.from, reason);

/** Runs one step of a recursion. Throws ToolError('query_refused') when it goes too deep. */
export function descend(printer: Printer, node: SyntaxNode, print: () => string): string {
  if (++printer.depth > MAX_DEPTH) {
    throw refuse(printer, node, `nested more than ${MAX_DEPTH} deep; split the query`);
  }
  const text = print();
  printer.depth--;
  return text;
}

/** The one child of a node that has exactly one. */
export function only(printer: Printer, node: SyntaxNode): SyntaxNode {
  const [child, ...rest] = childrenOf(node);
  if (!child || rest.length > 0) throw refuse(printer, node);
  return child;
}

/** The items of a list that the grammar nests to the left, `Labels(Labels(a) b)`, in order. */
export function itemsOf(list: SyntaxNode): SyntaxNode[] {
  const backwards: SyntaxNode[] = [];
  for (let node: SyntaxNode | undefined = list; node; ) {
    const [first, ...rest]: SyntaxNode[] = childrenOf(node);
    backwards.push(...rest.reverse());
    const isNested: boolean = first?.name === list.name;
    if (first && !isNested) backwards.push(first);
    node = isNested ? first : undefined;
  }
  return backwards.reverse();
}

/** Children by their node name, each at most once. Throws ToolError('query_refused') for any other. */
export function partsOf<N extends string>(
  printer: Printer,
  children: readonly SyntaxNode[],
  names: readonly N[],
): Partial<Record<N, SyntaxNode>> {
  const parts: Partial<Record<N, SyntaxNode>> = {};
  for (const child of children) {
    const name = names.find((one) => one === child.name);
    if (name === undefined || parts[name]) throw refuse(printer, child);
    parts[name] = child;
  }
  return parts;
}

/** A node's word in a table of known ones. */
export function wordOf(
  printer: Printer,
  node: SyntaxNode | undefined | null,
  table: Readonly<Record<string, string>>,
  parent: SyntaxNode,
): string {
  const word = node && Object.hasOwn(table, node.name) ? table[node.name] : undefined;
  if (word === undefined) throw refuse(printer, node ?? parent);
  return word;
}

/** A label name as LogQL writes it, which has no quoted names. */
export function printName(printer: Printer, node: SyntaxNode | undefined, parent: SyntaxNode): string {
  if (!node || (node.name !== 'Identifier' && node.name !== 'LabelName'))
    throw refuse(printer, node ?? parent);
  const name = textOf(printer.parsed, node);
  if (!LABEL_NAME.test(name)) throw refuse(printer, node, 'a label name has letters, digits and _ only');
  if (RESERVED.has(name.toLowerCase()))
    throw refuse(printer, node, `${name} is a word of LogQL, not a label`);
  return name;
}

/** As {@link printName}, for a label that the stage gives a value or takes away. */
export function printRewritten(printer: Printer, node: SyntaxNode | undefined, parent: SyntaxNode): string {
  const name = printName(printer, node, parent);
  if (Object.hasOwn(printer.scope, name)) throw refuse(printer, node ?? parent, confines(name));
  return name;
}

/** Why a label of the scope stays as it is. */
export const confines = (name: string): string =>
  `${name} confines this link, so a query cannot rewrite or drop it`;

/** The value of a String node. */
export function readString(printer: Printer, node: SyntaxNode | undefined, parent: SyntaxNode): string {
  if (node?.name !== 'String') throw refuse(printer, node ?? parent);
  const value = decodeString(textOf(printer.parsed, node));
  if (value === undefined) {
    throw refuse(printer, node, 'not a string that Loki reads; check its quotes and escapes');
  }
  return value;
}

export const printString = (printer: Printer, node: SyntaxNode | undefined, parent: SyntaxNode): string =>
  encodeString(readString(printer, node, parent));
