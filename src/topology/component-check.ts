import { z } from 'zod';
import type { ComponentType, SubComponentKind } from './component-type.ts';
import { checkFields, only, strictOf } from './field-check.ts';
import type { Findings } from './findings.ts';
import { deepFreeze, FrozenMap } from './frozen-map.ts';
import type { Component, Entry } from './graph.ts';
import { componentNameProblem, subNameProblem } from './names.ts';
import { checkSmokeTests, SmokeTests } from './smoke-test.ts';
import { kindOf, type MapEntry, type MapNode, nodeAt, type Span, type TreeNode } from './tree.ts';
import { advise, nearest, quote } from './words.ts';

const Text = z.string().min(1).max(2_000);

/** The fields that a component of any type may have. */
export const ComponentFields = z.strictObject({
  title: Text.max(120).optional().describe('Name for people'),
  description: Text.optional().describe('What it is for'),
  group: z.string().optional().describe('Group that it is shown in'),
  protected: z.boolean().default(false).describe('Readable, and out of every write, for everybody'),
  is_external: z.boolean().default(false).describe('Belongs to another stack: metadata only, never a tool'),
  stack: z.string().optional().describe('The stack that an external component belongs to'),
  approval: z.literal('writes').optional().describe('A human approves every write'),
  blast_radius: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('The most resources or rows that one write may touch'),
  tests: SmokeTests.optional().describe('Smoke tests for stack_test, by name'),
});
const COMMON = new Set(['type', ...Object.keys(ComponentFields.shape)]);

/** What checking one component needs to know of the file. */
export interface ComponentContext {
  readonly types: ReadonlyMap<string, ComponentType>;
  /** Undefined when the file lists no groups: then any group name will do. */
  readonly groups: ReadonlyMap<string, unknown> | undefined;
  readonly findings: Findings;
}

/** A component with the nodes that later checks point at. */
export interface CheckedComponent {
  readonly component: Component;
  readonly type: ComponentType;
  readonly node: MapNode;
  /** The place of its name. */
  readonly key: Span;
  /** The place of each sub-component's name. */
  readonly subKeys: ReadonlyMap<string, Span>;
}

/** Checks one entry of `components`. Returns undefined when it is too wrong for a link to refer to. */
export function checkComponent(
  name: string,
  entry: MapEntry,
  context: ComponentContext,
): CheckedComponent | undefined {
  const { findings } = context;
  const { key, value: node } = entry;
  const nameProblem = componentNameProblem('component', name);
  if (nameProblem !== undefined) findings.error(key, nameProblem);
  if (node.kind !== 'map') {
    findings.error(
      node.kind === 'scalar' && node.value === null ? key : node,
      `component ${quote(name)} must be a map with a type, not ${kindOf(node)}`,
    );
    return undefined;
  }
  const type = typeOf(name, entry, node, context);
  const common = checkFields(
    {
      node: only(node, (field) => field !== 'type' && COMMON.has(field)),
      name: key,
      owner: `component ${quote(name)}`,
      schema: ComponentFields,
    },
    findings,
  ) as z.output<typeof ComponentFields> | undefined;
  if (!type) return undefined;
  if (common) checkCommon(node, common, context);
  const isExternal = common?.is_external ?? false;
  const connection = connectionOf(name, entry, node, type, isExternal, findings);
  const { subs, subKeys } = subsOf(name, entry, node, type, isExternal, findings);
  if (common?.tests && !isExternal) checkSmokeTests({ name, node, type }, common.tests, subs, findings);
  const component = deepFreeze<Component>({
    name,
    type: type.type,
    layer: type.layer,
    isProtected: common?.protected ?? false,
    isExternal,
    connection: connection ?? {},
    subs: new FrozenMap(subs),
    at: findings.position(key.start),
    ...optional(common),
  });
  return { component, type, node, key, subKeys };
}

function optional(common: z.output<typeof ComponentFields> | undefined): Partial<Component> {
  const { title, description, group, stack, approval, blast_radius: blastRadius, tests } = common ?? {};
  const fields = { title, description, group, stack, approval, blastRadius, tests };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function typeOf(
  name: string,
  entry: MapEntry,
  node: MapNode,
  { types, findings }: ComponentContext,
): ComponentType | undefined {
  const given = node.entries.get('type');
  const accepted = [...types.keys()].sort();
  if (!given) {
    const meant = nearest('type', [...node.entries.keys()]);
    const at = (meant !== undefined && node.entries.get(meant)?.key) || entry.key;
    const hint = meant === undefined ? '' : `, which ${quote(meant)} may be meant to be`;
    findings.error(at, `component ${quote(name)} needs the field "type"${hint}`, advise('', accepted));
    return undefined;
  }
  if (given.value.kind !== 'scalar' || typeof given.value.value !== 'string') {
    findings.error(
      given.value,
      `the type of component ${quote(name)} must be text, not ${kindOf(given.value)}`,
      advise('', accepted),
    );
    return undefined;
  }
  const word = given.value.value;
  const type = types.get(word);
  if (!type)
    findings.error(given.value, `unknown component type ${quote(word)}`, findings.advise(word, accepted));
  return type;
}

function checkCommon(
  node: MapNode,
  common: z.output<typeof ComponentFields>,
  { groups, findings }: ComponentContext,
): void {
  const { group, stack } = common;
  if (common.tests && common.is_external)
    findings.error(
      node.entries.get('tests')?.key ?? node,
      'an external component is tested by its own stack: remove "tests"',
    );
  const at = (field: string): TreeNode => node.entries.get(field)?.value ?? node;
  if (group !== undefined) {
    const problem = componentNameProblem('group', group);
    if (problem !== undefined) findings.error(at('group'), problem);
    else if (groups && !groups.has(group))
      findings.error(at('group'), `unknown group ${quote(group)}`, findings.advise(group, groups.keys()));
  }
  if (stack !== undefined) {
    const problem = componentNameProblem('stack', stack);
    if (problem !== undefined) findings.error(at('stack'), problem);
    if (!common.is_external)
      findings.error(
        node.entries.get('stack')?.key ?? node,
        '"stack" names the other stack of an external component: add is_external: true or remove it',
      );
  }
}

function connectionOf(
  name: string,
  { key }: MapEntry,
  node: MapNode,
  type: ComponentType,
  isExternal: boolean,
  findings: Findings,
): Readonly<Record<string, unknown>> | undefined {
  const subKey = type.subComponents?.key;
  const fields = only(node, (field) => !COMMON.has(field) && field !== subKey);
  const beside = [...COMMON, ...(subKey === undefined ? [] : [subKey])];
  if (!isExternal)
    return checkFields(
      {
        node: fields,
        name: key,
        owner: `component ${quote(name)}`,
        schema: strictOf(type.connection),
        beside,
      },
      findings,
    );
  for (const [field, { key: at, value }] of fields.entries) {
    findings.hide(value);
    findings.error(
      at,
      Object.hasOwn(type.connection.shape, field)
        ? `component ${quote(name)} is external, so its own stack holds its connection: remove ${quote(field)}`
        : `unknown field ${quote(field)} of component ${quote(name)}`,
      findings.advise(field, beside),
    );
  }
  return undefined;
}

function subsOf(
  name: string,
  { key }: MapEntry,
  node: MapNode,
  type: ComponentType,
  isExternal: boolean,
  findings: Findings,
): { subs: Map<string, Entry>; subKeys: Map<string, Span> } {
  const subs = new Map<string, Entry>();
  const subKeys = new Map<string, Span>();
  const kind = type.subComponents;
  if (!kind) return { subs, subKeys };
  const given = node.entries.get(kind.key);
  if (given && given.value.kind !== 'map')
    findings.error(
      given.value,
      `${quote(kind.key)} of component ${quote(name)} must be a map of names, not ${kindOf(given.value)}: write {NAME: {}}`,
    );
  const entries = given?.value.kind === 'map' ? given.value.entries : new Map<string, MapEntry>();
  if (kind.required && !isExternal && entries.size === 0 && (!given || given.value.kind === 'map'))
    findings.error(
      given?.key ?? key,
      `component ${quote(name)} must name at least one ${kind.singular}: write ${kind.key}: {NAME: {}}`,
    );
  let fits = true;
  for (const [sub, { key: at, value }] of entries) {
    const problem = subNameProblem(kind.singular, sub);
    if (problem !== undefined) findings.error(at, problem);
    const isEmpty = value.kind === 'scalar' && value.value === null;
    const owner = `${kind.singular} ${quote(sub)} of component ${quote(name)}`;
    const filled: TreeNode = isEmpty
      ? { kind: 'map', start: at.start, end: at.end, entries: new Map() }
      : value;
    const checked = checkFields({ node: filled, name: at, owner, schema: strictOf(kind.entry) }, findings);
    subs.set(sub, deepFreeze(checked ?? {}));
    subKeys.set(sub, at);
    fits &&= checked !== undefined;
  }
  // What does not fit its schema is reported already, and would only be reported again by what refers to it.
  if (fits) checkBetween(name, kind, subs, entries, findings);
  return { subs, subKeys };
}

function checkBetween(
  name: string,
  kind: SubComponentKind,
  subs: ReadonlyMap<string, Entry>,
  entries: ReadonlyMap<string, MapEntry>,
  findings: Findings,
): void {
  for (const { sub, path, message } of kind.check?.(subs) ?? []) {
    const entry = entries.get(sub);
    if (!entry) continue;
    const place = `${quote(path.join('.'))} of ${kind.singular} ${quote(sub)} of component ${quote(name)}`;
    findings.error(nodeAt(entry.value, path) ?? entry.key, `${place} ${message}`);
  }
}
