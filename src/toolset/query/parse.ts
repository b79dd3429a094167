import type { SyntaxNode, Tree } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import { ToolError } from '../errors.ts';

/** A query's text and its parse tree. */
export interface Parsed {
  readonly text: string;
  readonly root: SyntaxNode;
}

/**
 * Makes the parser of one query language, named as its users write it. The parser throws
 * ToolError('query_refused') with the place of the first thing not understood, comments among them.
 */
export function strictParser(grammar: LRParser, language: string): (text: string) => Parsed {
  // Without `strict` the parser repairs what it does not understand, which takes seconds on hostile input.
  const strict = grammar.configure({ strict: true });
  const reason = `not understood as ${language}`;
  return (text) => {
    const tree = treeOf(strict, text, reason);
    tree.iterate({
      enter: ({ type, from }) => {
        if (type.isError) throw refusedAt(text, from, reason);
        if (type.name === 'LineComment') {
          throw refusedAt(text, from, 'comments are not accepted; send the expression alone');
        }
      },
    });
    if (tree.length !== text.length) throw refusedAt(text, tree.length, reason);
    return { text, root: tree.topNode };
  };
}

function treeOf(parser: LRParser, text: string, reason: string): Tree {
  const parse = parser.startParse(text);
  for (;;) {
    const before = parse.parsedPos;
    try {
      const tree = parse.advance();
      if (tree) return tree;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw refusedAt(text, before, reason);
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
