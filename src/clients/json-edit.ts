import { isDeepStrictEqual } from 'node:util';
import {
  applyEdits,
  createScanner,
  type Edit,
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { ClientError, type Json } from './client.ts';

/** A JSON text that is edited in place: what an edit does not mean keeps its bytes, comments and all. */
export interface JsonText {
  /** Without a byte order mark. */
  readonly text: string;
  /** What it is, in an error: the path of the file. */
  readonly name: string;
  /** Whether comments and trailing commas are taken. */
  readonly lenient: boolean;
}

export type JsonPath = readonly (string | number)[];

/** The value at a path; undefined where there is none. */
export function valueAt(json: JsonText, path: JsonPath): Json | undefined {
  const node = findNodeAtLocation(treeOf(json), [...path]);
  return node === undefined ? undefined : plainOf(node);
}

/** Sets the value at a path of keys, making the objects on the way. The rest keeps its bytes. */
export function setAt(json: JsonText, path: readonly string[], value: Json): JsonText {
  const tree = treeOf(json);
  let node = tree;
  for (const [depth, key] of path.entries()) {
    const inner = findNodeAtLocation(node, [key]);
    if (inner === undefined) {
      const made = path.slice(depth + 1).reduceRight<Json>((below, one) => ({ [one]: below }), value);
      return edited(json, insertion(json, node, `${JSON.stringify(key)}: `, made));
    }
    node = inner;
    if (depth < path.length - 1) mustBe(json, node, 'object', path.slice(0, depth + 1));
  }
  if (isDeepStrictEqual(plainOf(node), value)) return json;
  const content = written(value, indentAt(json.text, node.offset), styleOf(json.text));
  return edited(json, [{ offset: node.offset, length: node.length, content }]);
}

/** Adds a value at the end of the array at a path, making it if need be. */
export function appendAt(json: JsonText, path: readonly string[], value: Json): JsonText {
  const array = findNodeAtLocation(treeOf(json), [...path]);
  if (array === undefined) return setAt(json, path, [value]);
  mustBe(json, array, 'array', path);
  return edited(json, insertion(json, array, '', value));
}

/** Takes out what lies at a path. Where nothing lies the text stays as it is. */
export function removeAt(json: JsonText, path: JsonPath): JsonText {
  const found = findNodeAtLocation(treeOf(json), [...path]);
  const child = found?.parent?.type === 'property' ? found.parent : found;
  const container = child?.parent;
  if (!child || !container) return json;
  return edited(json, removal(json.text, container, child));
}

/** The parser's objects have no prototype, by which equal values would differ. */
const plainOf = (node: Node): Json => JSON.parse(JSON.stringify(getNodeValue(node)));

/** The tree of a text. Throws ClientError with line and column where it is none, or where a key stands twice. */
function treeOf({ text, name, lenient }: JsonText): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: lenient, disallowComments: !lenient });
  const [first] = errors;
  if (first)
    throw new ClientError(
      `${name}:${placeOf(text, first.offset)}: ${printParseErrorCode(first.error)}; this is not ${lenient ? 'JSON with comments' : 'plain JSON, which this client reads without comments and trailing commas'}. Nothing was changed`,
    );
  if (tree?.type !== 'object')
    throw new ClientError(`${name}:1:1: an object { ... } is expected. Nothing was changed`);
  refuseTwice(tree, text, name);
  return tree;
}

/** Of a key that stands twice readers take different ones, so no edit could be told to hold. */
function refuseTwice(node: Node, text: string, name: string): void {
  const seen = new Set<unknown>();
  for (const child of node.children ?? []) {
    const [key] = child.type === 'property' ? (child.children ?? []) : [];
    if (key && seen.has(key.value))
      throw new ClientError(
        `${name}:${placeOf(text, key.offset)}: the key ${JSON.stringify(key.value)} stands twice. Nothing was changed`,
      );
    if (key) seen.add(key.value);
    refuseTwice(child, text, name);
  }
}

function mustBe({ text, name }: JsonText, node: Node, type: 'object' | 'array', path: JsonPath): void {
  if (node.type !== type)
    throw new ClientError(
      `${name}:${placeOf(text, node.offset)}: ${path.join('.')} is no ${type}. Nothing was changed`,
    );
}

const edited = (json: JsonText, edits: Edit[]): JsonText => ({ ...json, text: applyEdits(json.text, edits) });

/** The edits that put one more child behind the last one of an object or array. */
function insertion({ text }: JsonText, container: Node, key: string, value: Json): Edit[] {
  const style = styleOf(text);
  const outer = indentAt(text, container.offset);
  const last = container.children?.at(-1);
  const inside = text.slice(container.offset + 1, container.offset + container.length - 1);
  if (!/[\r\n]/.test(text) || (last && !/[\r\n]/.test(inside))) {
    const at = last ? last.offset + last.length : container.offset + 1;
    return [{ offset: at, length: 0, content: `${last ? ', ' : ''}${key}${JSON.stringify(value)}` }];
  }
  const indent = last ? indentAt(text, last.offset) : outer + style.unit;
  const child = `${style.eol}${indent}${key}${written(value, indent, style)}`;
  if (!last) {
    const end = container.offset + 1 + inside.trimEnd().length;
    const rest = text.slice(end, container.offset + container.length - 1);
    const closing = /[\r\n]/.test(rest) ? '' : `${style.eol}${outer}`;
    return [{ offset: end, length: closing === '' ? 0 : rest.length, content: child + closing }];
  }
  const behind = behindOf(text, last.offset + last.length);
  return [
    ...(behind.comma ? [] : [{ offset: last.offset + last.length, length: 0, content: ',' }]),
    { offset: behind.end, length: 0, content: behind.comma ? `${child},` : child },
  ];
}

/** The edits that take a child out, with its comma and its line. */
function removal(text: string, container: Node, child: Node): Edit[] {
  const children = container.children ?? [];
  const before = children[children.indexOf(child) - 1];
  const end = child.offset + child.length;
  const behind = behindOf(text, end);
  const to = behind.comma === undefined ? end : behind.comma + 1;
  const lead = /(?:\r?\n)?[ \t]*$/.exec(text.slice(0, child.offset))?.[0].length ?? 0;
  const whole: Edit = { offset: child.offset - lead, length: to - child.offset + lead, content: '' };
  const inside = text.slice(container.offset + 1, container.offset + container.length - 1);
  if (children.length === 1 && inside.replace(text.slice(child.offset, to), '').trim() === '')
    return [{ offset: container.offset + 1, length: inside.length, content: '' }];
  if (behind.comma !== undefined || !before) return [whole];
  const comma = behindOf(text, before.offset + before.length).comma;
  return comma === undefined ? [whole] : [{ offset: comma, length: 1, content: '' }, whole];
}

/** What stands behind a child: its comma, and where the last comment on the same line ends. */
function behindOf(text: string, from: number): { readonly comma?: number; readonly end: number } {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  let [comma, end, isSameLine]: [number | undefined, number, boolean] = [undefined, from, true];
  for (;;) {
    // The scanner's kinds are a const enum, which cannot be imported one file at a time.
    const token = Number(scanner.scan());
    const isComment = token === TOKEN.lineComment || token === TOKEN.blockComment;
    if (token === TOKEN.comma && comma === undefined) comma = scanner.getTokenOffset();
    else if (token === TOKEN.lineBreak) isSameLine = false;
    else if (!isComment && token !== TOKEN.space) return comma === undefined ? { end } : { comma, end };
    if (isSameLine && (isComment || token === TOKEN.comma)) end = scanner.getPosition();
  }
}

/** Kinds of tokens of jsonc-parser's scanner. */
const TOKEN = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, space: 15 } as const;

interface Style {
  readonly eol: string;
  readonly unit: string;
}

/** How a text ends its lines and indents them, going by its first lines. */
function styleOf(text: string): Style {
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return { eol: /\r\n/.test(text) ? '\r\n' : '\n', unit: unit.startsWith('\t') ? '\t' : unit };
}

/** The white space that begins the line of an offset. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

const written = (value: Json, indent: string, { eol, unit }: Style): string =>
  JSON.stringify(value, null, unit).replaceAll('\n', eol + indent);

/** Line and column of an offset, each from 1. */
function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}
