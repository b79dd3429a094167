import type { CheckedComponent } from './component-check.ts';
import type { SubComponentKind } from './component-type.ts';
import type { Findings } from './findings.ts';
import { deepFreeze } from './frozen-map.ts';
import type { Entry } from './graph.ts';
import { kindOf, type MapEntry, type MapNode, plain, type Span, type TreeNode } from './tree.ts';
import { quote } from './words.ts';

/**
 * The sub-components that a link reaches: all of the target's, or those it names, each no wider than the
 * component has it. What does not fit is reported and left out.
 */
export function linkScope(
  link: MapNode,
  target: CheckedComponent,
  findings: Findings,
): ReadonlyMap<string, Entry> {
  const kind = target.type.subComponents;
  const given = kind && link.entries.get(kind.key);
  if (!kind || !given) return target.component.subs;
  const named = namesOf(given, kind, findings);
  const scope = new Map<string, Entry>();
  for (const { name, at, narrowing } of named) {
    const entry = target.component.subs.get(name);
    if (!entry) {
      const what = `${target.component.type} component ${quote(target.component.name)}`;
      findings.error(
        at,
        `the ${what} has no ${kind.singular} ${quote(name)}`,
        findings.advise(name, target.component.subs.keys()),
      );
    } else if (scope.has(name))
      findings.error(at, `the ${kind.singular} ${quote(name)} is there twice; keep one`);
    else scope.set(name, narrowing ? narrow(entry, narrowing, kind, name, findings) : entry);
  }
  return scope;
}

interface Named {
  readonly name: string;
  readonly at: Span;
  readonly narrowing?: TreeNode;
}

function namesOf({ key, value }: MapEntry, kind: SubComponentKind, findings: Findings): Named[] {
  const form = `write ${kind.key}: [NAME, ...], or leave it out to reach all`;
  if (value.kind === 'scalar') {
    findings.error(
      value.value === null ? key : value,
      `${quote(kind.key)} of a link must be a list of names, not ${kindOf(value)}: ${form}`,
    );
    return [];
  }
  if ((value.kind === 'list' ? value.items.length : value.entries.size) === 0)
    findings.error(value, `${quote(kind.key)} of a link names nothing: ${form}`);
  if (value.kind === 'map')
    return [...value.entries].map(([name, entry]) => ({
      name,
      at: entry.key,
      ...(entry.value.kind === 'scalar' && entry.value.value === null ? {} : { narrowing: entry.value }),
    }));
  return textItems(value.items, `a ${kind.singular}`, findings).map(({ text, at }) => ({ name: text, at }));
}

function textItems(
  items: readonly TreeNode[],
  what: string,
  findings: Findings,
): { text: string; at: Span }[] {
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return [{ text: item.value, at: item }];
    findings.error(item, `the name of ${what} must be text, not ${kindOf(item)}: write it in quotes`);
    return [];
  });
}

function narrow(
  entry: Entry,
  node: TreeNode,
  kind: SubComponentKind,
  name: string,
  findings: Findings,
): Entry {
  const owner = `${kind.singular} ${quote(name)} of this link`;
  if (node.kind !== 'map') {
    findings.error(node, `${owner} must be a map of narrower lists, not ${kindOf(node)}`);
    return entry;
  }
  const narrowed: Record<string, unknown> = { ...entry };
  for (const [field, { key, value }] of node.entries) {
    if (!kind.narrowable.includes(field))
      findings.error(
        key,
        `a link cannot set ${quote(field)} of the ${owner}; it can only narrow lists`,
        findings.advise(field, kind.narrowable),
      );
    else narrowed[field] = narrowList(entry[field], value, { field, owner, kind }, findings);
  }
  return deepFreeze(narrowed);
}

function narrowList(
  whole: unknown,
  node: TreeNode,
  { field, owner, kind }: { field: string; owner: string; kind: SubComponentKind },
  findings: Findings,
): unknown {
  if (node.kind !== 'list' || node.items.length === 0) {
    findings.error(node, `${quote(field)} of the ${owner} must be a list with at least one name`);
    return whole;
  }
  const items = textItems(node.items, field, findings);
  const allowed = Array.isArray(whole) ? whole.map(String) : undefined;
  for (const { text, at } of items)
    if (allowed && !allowed.includes(text))
      findings.error(
        at,
        `${quote(text)} is not in ${quote(field)} of the component's ${kind.singular}; a link only narrows`,
        findings.advise(text, allowed),
      );
  // Where the component names no list there is nothing to compare with, so the names themselves must fit the schema.
  const checked = kind.entry.shape[field]?.safeParse(items.map(({ text }) => text));
  if (!checked || checked.success) return checked?.data ?? plain(node);
  findings.error(
    node,
    `${quote(field)} of the ${owner} does not fit: ${checked.error.issues[0]?.message ?? 'not valid'}`,
  );
  return whole;
}
