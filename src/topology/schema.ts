import { z } from 'zod';
import { ComponentFields } from './component-check.ts';
import type { ComponentType, SubComponentKind } from './component-type.ts';
import { EXTERNAL_LINKS } from './link-check.ts';
import { GroupFields } from './load.ts';
import { COMPONENT_NAME, MAX_COMPONENT_NAME, SUB_NAME } from './names.ts';
import { SmokeTests } from './smoke-test.ts';

/** JSON data, as a schema document is. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Fields = { readonly [key: string]: Json };

const componentName = {
  type: 'string',
  pattern: COMPONENT_NAME.source,
  maxLength: MAX_COMPONENT_NAME,
} as const;
const subName = { type: 'string', pattern: SUB_NAME.source } as const;

/**
 * The JSON Schema (2020-12) of a topology file, made from the component types, so that an editor completes
 * and checks a file while it is written. What needs the whole file, such as a dangling link, only `check` finds.
 */
export function topologySchema(types: ReadonlyMap<string, ComponentType>): Json {
  const sorted = [...types.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Stackward topology',
    description: 'The components of a stack and the links along which AI may work on them.',
    type: 'object',
    required: ['stack', 'components'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      stack: { ...componentName, description: 'Name of the stack' },
      components: {
        type: 'object',
        minProperties: 1,
        propertyNames: { ...componentName, not: { const: 'stack' } },
        additionalProperties: { $ref: '#/$defs/component' },
      },
      links: { type: ['array', 'null'], items: { $ref: '#/$defs/link' } },
      groups: {
        type: ['object', 'null'],
        propertyNames: componentName,
        additionalProperties: { anyOf: [jsonOf(GroupFields), { type: 'null' }] },
      },
    },
    $defs: {
      component: componentSchema(sorted),
      link: linkSchema(sorted),
      tests: smokeTestsSchema(),
      ...Object.fromEntries(sorted.map((type) => [`component-${type.type}`, oneType(type)])),
    },
  };
}

/** `if` the type is this, `then` its fields: an editor completes them, and says what is wrong with one. */
function componentSchema(types: readonly ComponentType[]): Json {
  return {
    type: 'object',
    required: ['type'],
    properties: {
      type: { oneOf: types.map(({ type, title, description }) => ({ const: type, title, description })) },
    },
    allOf: types.map(({ type }) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/$defs/component-${type}` },
    })),
  };
}

function oneType(type: ComponentType): Json {
  const common: Fields = {
    ...(jsonOf(ComponentFields).properties as Fields),
    tests: { $ref: '#/$defs/tests' },
  };
  const subs = subsOf(type.subComponents);
  const { stack, ...internal } = common;
  const connection = jsonOf(type.connection);
  const isOne = { const: type.type, title: type.title, description: type.description };
  return {
    if: { properties: { is_external: { const: true } }, required: ['is_external'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      type: 'object',
      properties: { type: isOne, ...common, ...subs },
      additionalProperties: false,
    },
    else: {
      type: 'object',
      properties: { type: isOne, ...(connection.properties as Fields), ...internal, ...subs },
      required: [
        ...((connection.required ?? []) as readonly string[]),
        ...(type.subComponents?.required ? [type.subComponents.key] : []),
      ],
      additionalProperties: false,
    },
  };
}

function subsOf(kind: SubComponentKind | undefined): Fields {
  if (!kind) return {};
  return {
    [kind.key]: {
      type: 'object',
      propertyNames: subName,
      additionalProperties: { anyOf: [jsonOf(kind.entry), { type: 'null' }] },
      ...(kind.required && { minProperties: 1 }),
    },
  };
}

function linkSchema(types: readonly ComponentType[]): Json {
  const linkTypes = new Map<string, string[]>();
  for (const [name, { description }] of Object.entries(EXTERNAL_LINKS)) linkTypes.set(name, [description]);
  for (const { type, links } of types)
    for (const [name, { description }] of Object.entries(links))
      linkTypes.set(name, [...(linkTypes.get(name) ?? []), `${type}: ${description}`]);
  const names = [...linkTypes].sort(([a], [b]) => (a < b ? -1 : 1));
  const kinds = types.flatMap(({ subComponents }) => (subComponents ? [subComponents] : []));
  return {
    type: 'object',
    required: ['from', 'to', 'type'],
    additionalProperties: false,
    properties: {
      from: { ...componentName, description: 'The component that uses the other' },
      to: { ...componentName, description: 'The component that is used' },
      type: { oneOf: names.map(([name, told]) => ({ const: name, description: told.join('; ') })) },
      access: { const: 'read', description: 'Caps the link: no write tool, whatever the flags say' },
      description: { type: 'string', minLength: 1, maxLength: 2_000 },
      ...Object.fromEntries(
        kinds.map((kind) => [kind.key, narrowing(kinds.filter((other) => other.key === kind.key))]),
      ),
    },
  };
}

function narrowing(kinds: readonly SubComponentKind[]): Json {
  const fields = [...new Set(kinds.flatMap((kind) => kind.narrowable))];
  const names = { type: 'array', minItems: 1, items: { type: 'string' } };
  const narrowed = Object.fromEntries(fields.map((field) => [field, names]));
  return {
    description: `The ${kinds[0]?.key ?? 'parts'} that the link reaches; all of them when left out`,
    anyOf: [
      { type: 'array', minItems: 1, uniqueItems: true, items: subName },
      {
        type: 'object',
        minProperties: 1,
        propertyNames: subName,
        additionalProperties: {
          anyOf: [{ type: 'object', properties: narrowed, additionalProperties: false }, { type: 'null' }],
        },
      },
    ],
  };
}

function smokeTestsSchema(): Fields {
  const { $schema, ...rest } = z.toJSONSchema(SmokeTests, { io: 'input', target: 'draft-2020-12' });
  return z.record(z.string(), z.json()).parse(rest);
}

function jsonOf(schema: z.ZodObject): Fields {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  return z.record(z.string(), z.json()).parse({ ...rest, additionalProperties: false });
}
