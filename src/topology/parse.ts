import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import type { Findings } from './findings.ts';
import type { MapEntry, MapNode, Span, TreeNode } from './tree.ts';
import { FORBIDDEN, firstForbidden, quote } from './words.ts';
import { yamlFault } from './yaml-faults.ts';

export const MAX_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 32;
/** The YAML library recurses, and aborts the process on some texts some thousand levels deep; this is checked before it. */
const MAX_RAW_DEPTH = 200;

/** Reads YAML or JSON into plain data with positions. Returns undefined when there is nothing to go on with. */
export function parseTree(text: string, findings: Findings): MapNode | undefined {
  if (!checkRaw(text, findings)) return undefined;
  const doc = parseDocument(text, {
    schema: 'core',
    version: '1.2',
    merge: false,
    resolveKnownTags: false,
    // Duplicate keys are found below: the library compares each key with each other.
    uniqueKeys: false,
    prettyErrors: false,
    // 'silent' would also drop the error about a second document.
    logLevel: 'error',
  });
  checkDirectives(doc, findings);
  for (const error of doc.errors)
    findings.syntaxError({ start: error.pos[0], end: error.pos[1] }, yamlFault(error));
  // After a syntax error the library guesses a tree; what is wrong with a guess is no news.
  if (doc.errors.length > 0) return undefined;
  const root = doc.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    findings.error({ start: 0, end: 0 }, 'the file is empty: write stack: and components:');
    return undefined;
  }
  const tree = new TreeBuilder(text, findings).build(root, 0);
  if (tree.kind === 'map') return tree;
  findings.error(tree, 'a topology is a map with stack: and components:');
  return undefined;
}

function checkRaw(text: string, findings: Findings): boolean {
  const bytes = Buffer.byteLength(text);
  const top = { start: 0, end: 0 };
  if (bytes > MAX_BYTES) {
    findings.error(top, `the file has ${bytes} bytes; at most ${MAX_BYTES} are read`);
    return false;
  }
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    findings.error({ start: deep, end: deep + 1 }, `nested too deeply; at most ${MAX_DEPTH} levels are read`);
    return false;
  }
  const allowed = /[\t\r\n]/;
  for (const { index, 0: char } of text.matchAll(new RegExp(FORBIDDEN.source, 'gu'))) {
    if (allowed.test(char) || (index === 0 && char === '\ufeff')) continue;
    const shown = firstForbidden(char);
    findings.error(
      { start: index, end: index + char.length },
      `the character ${shown} is not allowed: it is invisible or changes how text looks`,
    );
  }
  return true;
}

/** Where brackets, indentation or compact lists nest beyond what any topology needs. Counts brackets in text too. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (const { index, 0: bracket } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > MAX_RAW_DEPTH) return index;
  }
  const indented = new RegExp(`^[ \\t?:-]{${2 * MAX_RAW_DEPTH}}`, 'm').exec(text);
  return indented?.index;
}

function checkDirectives(doc: Document, findings: Findings): void {
  const directives = doc.directives;
  if (directives?.yaml.explicit || Object.keys(directives?.tags ?? {}).length > 1)
    findings.error({ start: 0, end: 0 }, 'directives such as %YAML and %TAG are not allowed; remove them');
}

class TreeBuilder {
  readonly #text: string;
  readonly #findings: Findings;

  constructor(text: string, findings: Findings) {
    this.#text = text;
    this.#findings = findings;
  }

  /** Turns a node of the library into ours, reporting what a topology does not take. */
  build(node: Node, depth: number): TreeNode {
    const span = spanOf(node);
    const nothing: TreeNode = { kind: 'scalar', value: null, ...span };
    if (isAlias(node)) {
      this.#findings.error(
        span,
        `aliases are not allowed: write out what ${quote(`*${node.source}`)} stands for`,
      );
      return nothing;
    }
    if (depth > MAX_DEPTH) {
      this.#findings.error(span, `nested too deeply; at most ${MAX_DEPTH} levels are read`);
      return nothing;
    }
    this.#refuseProperties(node, span);
    if (isMap(node))
      return { kind: 'map', ...span, entries: this.#entries(node.items as Pair<Node>[], depth) };
    if (isSeq(node))
      return { kind: 'list', ...span, items: node.items.map((item) => this.build(item as Node, depth + 1)) };
    return isScalar(node) ? { kind: 'scalar', value: this.#value(node.value, span), ...span } : nothing;
  }

  #refuseProperties(node: Node, span: Span): void {
    if ('anchor' in node && node.anchor)
      this.#findings.error(span, `anchors are not allowed: remove ${quote(`&${node.anchor}`)}`);
    if (node.tag !== undefined) this.#findings.error(span, `tags are not allowed: remove ${quote(node.tag)}`);
  }

  #value(value: unknown, span: Span): string | number | boolean | null {
    if (typeof value === 'string') {
      this.#refuseEscaped(value, span);
      return value;
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
    this.#findings.error(span, 'only text, numbers, true, false and null are allowed here');
    return null;
  }

  /** Raw characters were found in the text already; here come those that a double-quoted escape makes. */
  #refuseEscaped(value: string, span: Span): void {
    const bad = firstForbidden(value.replace(/[\t\n]/g, ''));
    if (bad === undefined || firstForbidden(this.#text.slice(span.start, span.end).replace(/[\t\r\n]/g, '')))
      return;
    this.#findings.error(
      span,
      `the character ${bad} is not allowed: it is invisible or changes how text looks`,
    );
  }

  #entries(pairs: readonly Pair<Node>[], depth: number): ReadonlyMap<string, MapEntry> {
    const entries = new Map<string, MapEntry>();
    for (const { key, value } of pairs) {
      const span = spanOf(key);
      const name = this.#key(key, span);
      const child: TreeNode = value
        ? this.build(value as Node, depth + 1)
        : { kind: 'scalar', value: null, start: span.end, end: span.end };
      if (name === undefined) continue;
      if (entries.has(name)) this.#findings.error(span, `${quote(name)} is there twice; keep one`);
      else entries.set(name, { key: span, value: child });
    }
    return entries;
  }

  #key(key: Node | null, span: Span): string | undefined {
    if (isScalar(key)) {
      this.#refuseProperties(key, span);
      if (key.value === '<<' && key.type === 'PLAIN') {
        this.#findings.error(span, 'merge keys are not allowed: write the fields out');
        return undefined;
      }
      if (typeof key.value === 'string') {
        this.#refuseEscaped(key.value, span);
        // Whatever checks the map later could pass over it, and what is passed over may have been meant to narrow.
        if (key.value !== '__proto__') return key.value;
        this.#findings.error(span, '"__proto__" is no name; choose another');
        return undefined;
      }
      const word = this.#text.slice(span.start, span.end);
      this.#findings.error(
        span,
        `${quote(word)} is read as ${typeof key.value}, not as a name: write "${word}" in quotes`,
      );
      return undefined;
    }
    this.#findings.error(span, 'a name must be plain text');
    return undefined;
  }
}

function spanOf(node: Node | null): Span {
  const range = node?.range;
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}
