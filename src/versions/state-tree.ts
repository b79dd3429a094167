import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ObjectStore } from './object-store.ts';

/** As many entries as one node holds before it is split. */
const LEAF = 16;

const Node = z.union([
  z.strictObject({ leaf: z.record(z.string(), z.string()) }),
  z.strictObject({ children: z.record(z.string(), z.string()) }),
]);
type Node = z.output<typeof Node>;

/** The root of a tree that holds nothing. */
export const emptyTree = (objects: ObjectStore): Promise<string> => objects.put({ leaf: {} });

/** Where a name stands at one depth: a hex digit of its hash, so that the same entries always make the same tree. */
const digit = (name: string, depth: number): string =>
  createHash('sha256').update(name).digest('hex').charAt(depth);

const read = async (objects: ObjectStore, hash: string): Promise<Node> => Node.parse(await objects.get(hash));

/** Every entry of a tree: names to hashes of objects, sorted by name. */
export async function entriesOf(objects: ObjectStore, root: string): Promise<ReadonlyMap<string, string>> {
  const found: [string, string][] = [];
  const visit = async (hash: string): Promise<void> => {
    const node = await read(objects, hash);
    if ('leaf' in node) found.push(...Object.entries(node.leaf));
    else for (const child of Object.values(node.children)) await visit(child);
  };
  await visit(root);
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A tree with some entries set, and those whose value is undefined taken out. Only the nodes on the way to what
 * changed are new: a version costs some hundred bytes a changed component, however many others there are.
 */
export async function withEntries(
  objects: ObjectStore,
  root: string,
  changes: ReadonlyMap<string, string | undefined>,
): Promise<string> {
  return changes.size === 0 ? root : rebuild(objects, root, changes, 0);
}

async function rebuild(
  objects: ObjectStore,
  hash: string,
  changes: ReadonlyMap<string, string | undefined>,
  depth: number,
): Promise<string> {
  const node = await read(objects, hash);
  if ('leaf' in node) return build(objects, apply(new Map(Object.entries(node.leaf)), changes), depth);
  const children: Record<string, string> = { ...node.children };
  for (const [key, part] of byDigit(changes, depth)) {
    const child = children[key] ?? (await emptyTree(objects));
    children[key] = await rebuild(objects, child, part, depth + 1);
  }
  const size = await countUpTo(objects, Object.values(children), LEAF + 1);
  // Small enough again for one leaf: the same entries make the same tree, whatever was in it before.
  if (size <= LEAF) return build(objects, await gather(objects, Object.values(children)), depth);
  return objects.put({ children });
}

async function build(
  objects: ObjectStore,
  entries: ReadonlyMap<string, string>,
  depth: number,
): Promise<string> {
  if (entries.size <= LEAF) return objects.put({ leaf: Object.fromEntries(entries) });
  const children: Record<string, string> = {};
  for (const [key, part] of byDigit(entries, depth)) children[key] = await build(objects, part, depth + 1);
  return objects.put({ children });
}

function apply(
  entries: Map<string, string>,
  changes: ReadonlyMap<string, string | undefined>,
): Map<string, string> {
  for (const [name, value] of changes)
    if (value === undefined) entries.delete(name);
    else entries.set(name, value);
  return entries;
}

function byDigit<V>(entries: ReadonlyMap<string, V>, depth: number): ReadonlyMap<string, Map<string, V>> {
  const parts = new Map<string, Map<string, V>>();
  for (const [name, value] of entries) {
    const key = digit(name, depth);
    const part = parts.get(key) ?? new Map<string, V>();
    parts.set(key, part.set(name, value));
  }
  return parts;
}

async function countUpTo(objects: ObjectStore, hashes: readonly string[], most: number): Promise<number> {
  let count = 0;
  for (const hash of hashes) {
    const node = await read(objects, hash);
    count +=
      'leaf' in node
        ? Object.keys(node.leaf).length
        : await countUpTo(objects, Object.values(node.children), most - count);
    if (count >= most) break;
  }
  return count;
}

async function gather(objects: ObjectStore, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const all = await Promise.all(hashes.map((hash) => entriesOf(objects, hash)));
  return new Map(all.flatMap((part) => [...part]));
}

/** Every object that a tree is made of, the tree's own nodes included. */
export async function reachableFrom(objects: ObjectStore, root: string, into: Set<string>): Promise<void> {
  if (into.has(root)) return;
  into.add(root);
  const node = await read(objects, root);
  if ('leaf' in node) for (const value of Object.values(node.leaf)) into.add(value);
  else for (const child of Object.values(node.children)) await reachableFrom(objects, child, into);
}
