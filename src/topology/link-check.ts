import type { CheckedComponent } from './component-check.ts';
import type { LinkType } from './component-type.ts';
import type { Findings } from './findings.ts';
import { deepFreeze, FrozenMap } from './frozen-map.ts';
import type { Link } from './graph.ts';
import { linkScope } from './link-scope.ts';
import { kindOf, type MapNode, type TreeNode } from './tree.ts';
import { type Advice, quote } from './words.ts';

const FIELDS = ['from', 'to', 'type', 'access', 'description'];
/** What may be said of another stack's component besides what its own type knows; metadata alone. */
export const EXTERNAL_LINKS: Readonly<Record<string, LinkType>> = {
  calls: { description: 'calls it' },
  depends_on: { description: 'needs it' },
};

/** What checking the links needs to know of the file. */
export interface LinkContext {
  readonly components: ReadonlyMap<string, CheckedComponent>;
  /** Every name under `components`, also of those that are too wrong to check against. */
  readonly names: ReadonlySet<string>;
  readonly findings: Findings;
}

/** Checks the links of a file, in its order. */
export function checkLinks(items: readonly TreeNode[], context: LinkContext): Link[] {
  const seen = new Map<string, number>();
  return items.flatMap((node) => {
    const link = checkLink(node, context);
    return link && isFirst(link, node, seen, context.findings) ? [link] : [];
  });
}

function isFirst(link: Link, node: TreeNode, seen: Map<string, number>, findings: Findings): boolean {
  const key = JSON.stringify([link.from, link.to, link.type]);
  const before = seen.get(key);
  if (before === undefined) seen.set(key, link.at.line);
  else
    findings.error(
      node,
      `the link ${quote(link.from)} -> ${quote(link.to)} (${link.type}) is there twice, first in line ${before}; keep one`,
    );
  return before === undefined;
}

function checkLink(node: TreeNode, context: LinkContext): Link | undefined {
  const { findings } = context;
  if (node.kind !== 'map') {
    findings.error(node, `a link is a map {from, to, type}, not ${kindOf(node)}`);
    return undefined;
  }
  const from = endOf(node, 'from', context);
  const to = endOf(node, 'to', context);
  const target = to === undefined ? undefined : context.components.get(to);
  if (from !== undefined && from === to)
    findings.error(
      node.entries.get('to')?.value ?? node,
      `a link needs two ends; ${quote(from)} links to itself`,
    );
  const type = typeOf(node, target, context);
  const access = accessOf(node, findings);
  const description = descriptionOf(node, findings);
  checkUnknownFields(node, target, findings);
  // Asked for before the link is given up, so that a wrong type does not hide a wrong sub-component.
  const subs = target && linkScope(node, target, findings);
  if (from === undefined || target === undefined || type === undefined || subs === undefined)
    return undefined;
  const isExternal = context.components.get(from)?.component.isExternal ?? false;
  return deepFreeze<Link>({
    from,
    to: target.component.name,
    type: type.name,
    access: access === 'read' || type.access === 'read' ? 'read' : 'full',
    subs: new FrozenMap(subs),
    crossesStack: isExternal || target.component.isExternal,
    at: findings.position(node.start),
    ...(description !== undefined && { description }),
  });
}

/** The text of a required field, or undefined after saying what is wrong with it. */
function textOf(node: MapNode, field: string, findings: Findings, advice?: Advice): string | undefined {
  const entry = node.entries.get(field);
  if (!entry) findings.error(node, `a link needs the field ${quote(field)}`, advice);
  else if (entry.value.kind === 'scalar' && typeof entry.value.value === 'string') return entry.value.value;
  else
    findings.error(
      entry.value,
      `${quote(field)} of a link must be a name, not ${kindOf(entry.value)}`,
      advice,
    );
  return undefined;
}

function endOf(
  node: MapNode,
  field: 'from' | 'to',
  { components, names, findings }: LinkContext,
): string | undefined {
  const name = textOf(node, field, findings);
  if (name === undefined) return undefined;
  // A component with an error of its own: its links cannot be checked, and are not to blame.
  if (names.has(name)) return field === 'from' || components.has(name) ? name : undefined;
  const at = node.entries.get(field)?.value ?? node;
  findings.error(
    at,
    `the link goes ${field} ${quote(name)}, and there is no such component`,
    findings.advise(name, names),
  );
  return undefined;
}

function typeOf(
  node: MapNode,
  target: CheckedComponent | undefined,
  { findings }: LinkContext,
): { name: string; access: 'read' | undefined } | undefined {
  const known: Readonly<Record<string, LinkType>> = {
    ...(target?.component.isExternal ? EXTERNAL_LINKS : {}),
    ...target?.type.links,
  };
  const name = textOf(node, 'type', findings, target && findings.advise('', Object.keys(known)));
  if (name === undefined || target === undefined) return undefined;
  if (Object.hasOwn(known, name)) return { name, access: known[name]?.access };
  const at = node.entries.get('type')?.value ?? node;
  const what = `${target.component.type} component ${quote(target.component.name)}`;
  findings.error(
    at,
    `no link of type ${quote(name)} goes to the ${what}`,
    findings.advise(name, Object.keys(known)),
  );
  return undefined;
}

function accessOf(node: MapNode, findings: Findings): 'read' | undefined {
  const entry = node.entries.get('access');
  if (!entry) return undefined;
  if (entry.value.kind === 'scalar' && entry.value.value === 'read') return 'read';
  const given = entry.value.kind === 'scalar' ? quote(String(entry.value.value)) : kindOf(entry.value);
  findings.error(
    entry.value,
    `"access" of a link cannot be ${given}: the field can only cap the link, with access: read; leave it out otherwise`,
    {
      text: '',
      accepted: ['read'],
    },
  );
  return undefined;
}

function descriptionOf(node: MapNode, findings: Findings): string | undefined {
  if (!node.entries.has('description')) return undefined;
  return textOf(node, 'description', findings);
}

function checkUnknownFields(node: MapNode, target: CheckedComponent | undefined, findings: Findings): void {
  const subKey = target?.type.subComponents?.key;
  const known = subKey === undefined ? FIELDS : [...FIELDS, subKey];
  for (const [field, { key }] of node.entries) {
    // Without a target nobody knows which sub-components the link could name.
    if (known.includes(field) || (target === undefined && node.entries.has('to'))) continue;
    const what = target
      ? `a link to the ${target.component.type} component ${quote(target.component.name)}`
      : 'a link';
    findings.error(key, `unknown field ${quote(field)} of ${what}`, findings.advise(field, known));
  }
}
