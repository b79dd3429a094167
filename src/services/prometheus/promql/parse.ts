import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { ToolError } from '../../../toolset/errors.ts';

/** A PromQL text and its parse tree. */
export interface Parsed {
  readonly text: string;
  readonly root: SyntaxNode;
}

// Without `strict` the parser repairs what it does not understand, which takes seconds on hostile input.
const STRICT = parser.configure({ strict: true });

/** Parses one PromQL expression. Throws ToolError('query_refused') with the place of the first thing not understood. */
export function parsePromql(text: string): Parsed {
  const tree = treeOf(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw refusedAt(text, from, 'not understood as PromQL');
      if (type.name === 'LineComment') {
        throw refusedAt(text, from, 'comments are not accepted; send the expression alone');
      }
    },
  });
  if (tree.length !== text.length) throw refusedAt(text, tree.length, 'not understood as PromQL');
  return { text, root: tree.topNode };
}

function treeOf(text: string): Tree {
  const parse = STRICT.startParse(text);
  for (;;) {
    const before = parse.parsedPos;
    try {
      const tree = parse.advance();
      if (tree) return tree;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw refusedAt(text, before, 'not understood as PromQL');
    }
  }
}

/** The source text of a node. */
export const textOf = (parsed: Parsed, node: SyntaxNode): string => parsed.text.slice(node.from, node.to);

/** The named children of a node, in order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** A refusal that says where, counting lines and columns from 1, and what stands there. */
export function refusedAt(text: string, offset: number, reason: string): ToolError {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const there = text.slice(offset, offset + 30);
  const place = there === '' ? 'at the end' : `at ${JSON.stringify(there)}`;
  return new ToolError('query_refused', `line ${line}, column ${column}, ${place}: ${reason}`);
}
