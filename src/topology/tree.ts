/** A range of the file's text, in UTF-16 units from 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}
export interface MapNode extends Span {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
}
export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly TreeNode[];
}
export interface MapEntry {
  readonly key: Span;
  readonly value: TreeNode;
}

/** The file as plain data with positions: no aliases, no tags, only text as keys, each key once. */
export type TreeNode = ScalarNode | MapNode | ListNode;

/** The data alone. Maps come without a prototype, so `__proto__` is a key like any other. */
export function plain(node: TreeNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, { value }] of node.entries) object[key] = plain(value);
  return object;
}

/** The node at a path, or undefined where there is none. */
export function nodeAt(node: TreeNode, path: readonly PropertyKey[]): TreeNode | undefined {
  let here: TreeNode | undefined = node;
  for (const step of path) {
    if (here?.kind === 'map') here = here.entries.get(String(step))?.value;
    else if (here?.kind === 'list') here = here.items[Number(step)];
    else return undefined;
  }
  return here;
}

/** What a node is, in words for a message; never its content. */
export function kindOf(node: TreeNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return 'text';
  return typeof node.value === 'number' ? 'a number' : String(node.value);
}

/** Every text in a node with the path to it. */
export function* textsOf(
  node: TreeNode,
  path: readonly string[] = [],
): Generator<{ node: ScalarNode; text: string; path: readonly string[] }> {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string') yield { node, text: node.value, path };
  } else if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* textsOf(item, [...path, String(index)]);
  } else {
    for (const [key, { value }] of node.entries) yield* textsOf(value, [...path, key]);
  }
}
