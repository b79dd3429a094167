import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { type CheckedComponent, type ComponentContext, checkComponent } from './component-check.ts';
import type { ComponentType } from './component-type.ts';
import { checkFields } from './field-check.ts';
import { Findings } from './findings.ts';
import { checkFlagNames } from './flag-check.ts';
import { deepFreeze, FrozenMap } from './frozen-map.ts';
import type { Component, Graph, Link } from './graph.ts';
import { checkLinks } from './link-check.ts';
import { componentNameProblem } from './names.ts';
import { MAX_BYTES, parseTree } from './parse.ts';
import type { Problem } from './problem.ts';
import { checkReferences } from './reference-check.ts';
import { kindOf, type MapEntry, type MapNode } from './tree.ts';
import type { TypeSource } from './type-source.ts';
import { quote } from './words.ts';

/** A checked graph, or everything that is wrong with the file. */
export type Loaded =
  | { readonly graph: Graph; readonly warnings: readonly Problem[]; readonly problems?: never }
  | { readonly problems: readonly Problem[]; readonly graph?: never; readonly warnings?: never };

export interface TopologySource {
  readonly text: string;
  /** How messages name the file. */
  readonly file: string;
  readonly types: ReadonlyMap<string, ComponentType>;
}

export const GroupFields = z.strictObject({
  title: z.string().min(1).max(120).optional().describe('Name for people'),
  description: z.string().min(1).max(2_000).optional(),
});
/** `$schema` is for editors of JSON files; it means nothing here. */
const TOP_LEVEL = ['stack', 'components', 'links', 'groups', '$schema'];

/** Checks the text of a topology file, YAML or JSON. Never throws for what the text says: it returns problems. */
export function loadTopology({ text, file, types }: TopologySource): Loaded {
  const findings = new Findings(file, text);
  const tree = parseTree(text, findings);
  const parts = tree && checkTree(tree, types, findings);
  if (!parts || findings.hasErrors) return { problems: Object.freeze(findings.problems()) };
  const hash = createHash('sha256').update(text).digest('hex');
  return {
    graph: Object.freeze({ ...parts, hash, text, file }),
    warnings: Object.freeze(findings.problems()),
  };
}

/** Checks a text against the types that it needs of a source. */
export async function checkText(text: string, file: string, source: TypeSource): Promise<Loaded> {
  const loaded = loadTopology({ text, file, types: await source.likely(text) });
  // A type that the source did not recognise in the text would look unknown; only all of them can say that it is.
  return loaded.problems ? loadTopology({ text, file, types: await source.all() }) : loaded;
}

/** Reads and checks a topology file. A file that cannot be read is a problem too. */
export async function readTopology(path: string, source: TypeSource): Promise<Loaded> {
  const read = await readText(path);
  return 'text' in read ? checkText(read.text, path, source) : { problems: [read.problem] };
}

/** The text of a topology file, at most 4 MiB of UTF-8, or why it cannot be had. */
export async function readText(path: string): Promise<{ text: string } | { problem: Problem }> {
  const problem = (message: string) => ({
    problem: { file: path, line: 1, column: 1, severity: 'error', message } satisfies Problem,
  });
  try {
    const found = await stat(path);
    // A pipe would be waited for without end, and a device read without end.
    if (!found.isFile()) return problem('this is not a regular file; name the topology file');
    if (found.size > MAX_BYTES) return problem(`the file is larger than ${MAX_BYTES} bytes`);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)) };
  } catch (error) {
    if (error instanceof TypeError) return problem('the file is not UTF-8 text');
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const hint = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    return problem(`${hint}; check the path and its permissions`);
  }
}

function checkTree(
  tree: MapNode,
  types: ReadonlyMap<string, ComponentType>,
  findings: Findings,
): Pick<Graph, 'stack' | 'components' | 'links'> {
  for (const [field, { key }] of tree.entries)
    if (!TOP_LEVEL.includes(field))
      findings.error(key, `unknown top-level field ${quote(field)}`, findings.advise(field, TOP_LEVEL));
  const stack = stackOf(tree, findings);
  const groups = groupsOf(tree, findings);
  const components = componentsOf(tree, { types, groups, findings });
  checkFlagNames(components, findings);
  checkReferences(components, findings);
  const links = linksOf(tree, components, findings);
  warnOfUnusedGroups(tree, components, findings);
  const entries = [...components].map(([name, { component }]): [string, Component] => [name, component]);
  return { stack, components: new FrozenMap(entries), links: deepFreeze(links) };
}

function stackOf(tree: MapNode, findings: Findings): string {
  const entry = tree.entries.get('stack');
  const value = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
  if (!entry)
    findings.error({ start: tree.start, end: tree.start }, 'the topology needs a name: write stack: NAME');
  else if (typeof value !== 'string')
    findings.error(entry.value, `"stack" must be a name, not ${kindOf(entry.value)}`);
  else {
    const problem = componentNameProblem('stack', value);
    if (problem !== undefined) findings.error(entry.value, problem);
    return value;
  }
  return '';
}

function entriesOf(
  tree: MapNode,
  field: string,
  findings: Findings,
): ReadonlyMap<string, MapEntry> | undefined {
  const given = tree.entries.get(field);
  if (!given || (given.value.kind === 'scalar' && given.value.value === null)) return undefined;
  if (given.value.kind === 'map') return given.value.entries;
  findings.error(given.value, `${quote(field)} must be a map of names, not ${kindOf(given.value)}`);
  return undefined;
}

function groupsOf(tree: MapNode, findings: Findings): ReadonlyMap<string, MapEntry> | undefined {
  const groups = entriesOf(tree, 'groups', findings);
  for (const [name, { key, value }] of groups ?? []) {
    const problem = componentNameProblem('group', name);
    if (problem !== undefined) findings.error(key, problem);
    const owner = `group ${quote(name)}`;
    if (value.kind !== 'scalar' || value.value !== null)
      checkFields({ node: value, name: key, owner, schema: GroupFields }, findings);
  }
  return groups;
}

function componentsOf(tree: MapNode, context: ComponentContext): ReadonlyMap<string, CheckedComponent> {
  const { findings } = context;
  const given = tree.entries.get('components');
  const entries = entriesOf(tree, 'components', findings);
  const isMissing =
    !given || (entries ? entries.size === 0 : given.value.kind === 'scalar' && given.value.value === null);
  if (isMissing)
    findings.error(
      given?.key ?? { start: tree.start, end: tree.start },
      'the topology has no components: write components: {NAME: {type: ...}}',
    );
  const checked = new Map<string, CheckedComponent>();
  for (const [name, entry] of entries ?? []) {
    const component = checkComponent(name, entry, context);
    if (component) checked.set(name, component);
  }
  return checked;
}

function linksOf(
  tree: MapNode,
  components: ReadonlyMap<string, CheckedComponent>,
  findings: Findings,
): Link[] {
  const given = tree.entries.get('links');
  if (!given || (given.value.kind === 'scalar' && given.value.value === null)) return [];
  if (given.value.kind !== 'list') {
    findings.error(
      given.value,
      `"links" must be a list, not ${kindOf(given.value)}: write - {from: A, to: B, type: ...}`,
    );
    return [];
  }
  const listed = tree.entries.get('components')?.value;
  const names = new Set(listed?.kind === 'map' ? listed.entries.keys() : []);
  return checkLinks(given.value.items, { components, names, findings });
}

function warnOfUnusedGroups(
  tree: MapNode,
  components: ReadonlyMap<string, CheckedComponent>,
  findings: Findings,
): void {
  const groups = tree.entries.get('groups')?.value;
  const used = new Set([...components.values()].map(({ component }) => component.group));
  for (const [name, { key }] of groups?.kind === 'map' ? groups.entries : [])
    if (!used.has(name)) findings.warn(key, `no component is in the group ${quote(name)}`);
}
