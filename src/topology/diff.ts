import { SecretRef, SettingRef } from '../secrets/reference.ts';
import type { Component, Graph, Link } from './graph.ts';

/** A thing that both graphs have, and the fields in which it differs; never their values. */
export interface ChangedComponent {
  readonly name: string;
  /** `protected`, `credentials.password`, `databases.orders`, `type` ... */
  readonly fields: readonly string[];
}

export interface LinkName {
  readonly from: string;
  readonly to: string;
  readonly type: string;
}

export interface TopologyDiff {
  readonly components: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly ChangedComponent[];
  };
  readonly links: {
    readonly added: readonly LinkName[];
    readonly removed: readonly LinkName[];
    readonly changed: readonly (LinkName & { readonly fields: readonly string[] })[];
  };
  /** The name of the stack differs. */
  readonly renamed: boolean;
}

/** What an edit from `a` to `b` adds, removes and changes. Order in the file and layout do not count. */
export function diffTopology(a: Graph, b: Graph): TopologyDiff {
  const components = compare(a.components, b.components, componentFields);
  const links = compare(byName(a.links), byName(b.links), linkFields);
  const named = ({ from, to, type }: Link): LinkName => ({ from, to, type });
  return {
    components: {
      added: components.added.map(({ name }) => name),
      removed: components.removed.map(({ name }) => name),
      changed: components.changed.map(({ after, fields }) => ({ name: after.name, fields })),
    },
    links: {
      added: links.added.map(named),
      removed: links.removed.map(named),
      changed: links.changed.map(({ after, fields }) => ({ ...named(after), fields })),
    },
    renamed: a.stack !== b.stack,
  };
}

/** Whether a diff holds nothing. */
export const isEmptyDiff = ({ components, links, renamed }: TopologyDiff): boolean =>
  !renamed &&
  [components, links].every(
    ({ added, removed, changed }) => added.length + removed.length + changed.length === 0,
  );

interface Comparison<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly { readonly after: T; readonly fields: readonly string[] }[];
}

function compare<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  fieldsOf: (thing: T) => ReadonlyMap<string, string>,
): Comparison<T> {
  const changed = [...after].flatMap(([key, now]) => {
    const then = before.get(key);
    if (then === undefined) return [];
    const fields = differing(fieldsOf(then), fieldsOf(now));
    return fields.length > 0 ? [{ after: now, fields }] : [];
  });
  return {
    added: [...after].filter(([key]) => !before.has(key)).map(([, thing]) => thing),
    removed: [...before].filter(([key]) => !after.has(key)).map(([, thing]) => thing),
    changed,
  };
}

const differing = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((field) => a.get(field) !== b.get(field)).sort();

const byName = (links: readonly Link[]): ReadonlyMap<string, Link> =>
  new Map(links.map((link) => [JSON.stringify([link.from, link.to, link.type]), link]));

function componentFields(component: Component): ReadonlyMap<string, string> {
  const { type, title, description, group, isProtected, isExternal, stack, approval, blastRadius } =
    component;
  const fields = new Map<string, string>();
  const common = { type, title, description, group, stack, approval };
  for (const [field, value] of leaves({
    ...common,
    protected: isProtected,
    is_external: isExternal,
    blast_radius: blastRadius,
  }))
    fields.set(field, value);
  for (const [field, value] of leaves(component.connection)) fields.set(field, value);
  for (const [sub, entry] of component.subs) fields.set(`sub-component ${sub}`, canonical(entry));
  return fields;
}

function linkFields({ access, subs, description }: Link): ReadonlyMap<string, string> {
  const fields = new Map(leaves({ access, description }));
  for (const [sub, entry] of subs) fields.set(`sub-component ${sub}`, canonical(entry));
  return fields;
}

/** Each leaf of a value by its dotted path. A reference is a leaf: what it refers to is compared, not what it resolves to. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (value === undefined) return [];
  if (
    value instanceof SecretRef ||
    value instanceof SettingRef ||
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value)
  )
    return [[path, canonical(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner instanceof SecretRef) return inner.source;
    if (inner instanceof SettingRef) return inner.given;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
