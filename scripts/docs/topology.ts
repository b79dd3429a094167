import { SERVICES } from '../../src/services/index.ts';
import type { ServiceDefinition } from '../../src/toolset/define.ts';
import { drawnTypes } from '../../src/toolset/drawn-types.ts';
import { ComponentFields } from '../../src/topology/component-check.ts';
import { fieldsOf, schemaOf } from './json-schema.ts';
import { code, table } from './markdown.ts';
import { fieldTable } from './tools.ts';

/** The fields that a component of any type may have. */
export const everyComponentFields = (): string =>
  fieldTable('field', fieldsOf(schemaOf(ComponentFields, 'input'))) ?? '';

/** Each component type with its fields, sub-components and link types. */
export const componentTypes = (): string => [...drawnTypes(SERVICES).values()].map(oneType).join('\n\n');

function oneType(service: ServiceDefinition): string {
  return [
    `### ${service.type}`,
    `${service.description.replace(/\.$/, '')}. Layer: ${service.layer}. ${yields(service)}`,
    ...partsOf(service),
  ].join('\n\n');
}

/** The tables of one type, without a heading. */
export function partsOf({ connection, subComponents: kind, links }: ServiceDefinition): string[] {
  const subs = kind
    ? [
        `Sub-components: \`${kind.key}\`, a map of names${kind.required ? '; at least one' : '; may be left out'}. Fields of each ${kind.singular}:`,
        fieldTable('field', fieldsOf(schemaOf(kind.entry, 'input'))) ?? 'None.',
        kind.narrowable.length > 0 ? `A link may narrow: ${kind.narrowable.map(code).join(', ')}.` : '',
      ]
    : ['No sub-components.'];
  const rows = Object.entries(links).map(([name, { description, access }]) => [
    code(name),
    description,
    access === 'read' ? 'always `read`' : 'as the link and the flags say',
  ]);
  return [
    fieldTable('connection field', fieldsOf(schemaOf(connection, 'input'))) ?? 'No connection fields.',
    ...subs.filter((text) => text !== ''),
    table(['link type into it', 'meaning', 'access'], rows),
  ];
}

const yields = ({ tools, prefix }: ServiceDefinition): string =>
  tools.length === 0 ? 'Yields no tools.' : `Yields ${tools.length} tools, \`${prefix}_*\`.`;
