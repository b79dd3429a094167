import { z } from 'zod';

/** As much of JSON Schema as the tools and connections use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: boolean | Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
}

/** A field of an object, with its path: `credentials.password`. */
export interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

export const schemaOf = (schema: z.ZodObject, io: 'input' | 'output'): Schema =>
  z.toJSONSchema(schema, { io }) as Schema;

/** The fields of an object; the fields of plain objects inside follow them. */
export function fieldsOf(schema: Schema, prefix = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = prefix + name;
    const field = { path, schema: inner, required: schema.required?.includes(name) ?? false };
    return inner.properties ? [field, ...fieldsOf(inner, `${path}.`)] : [field];
  });
}

/** A schema in words: `list of text`, `whole number 1 to 1000`. */
export function typeInWords(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choiceInWords(choices);
  if (schema.$ref !== undefined || schema.type === undefined) return 'any JSON';
  if (typeof schema.type !== 'string') return schema.type.map((type) => WORDS[type] ?? type).join(' or ');
  if (schema.type === 'array') return listInWords(schema);
  if (schema.type === 'object') return objectInWords(schema);
  return `${WORDS[schema.type] ?? schema.type}${range(schema)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  null: 'null',
};

function choiceInWords(choices: readonly Schema[]): string {
  const keys = choices.flatMap((choice) => Object.keys(choice.properties ?? {}));
  if (keys.includes('vault') && keys.includes('env')) return '[credential](#credentials)';
  const [first, ...others] = choices;
  const isSetting = first && Object.keys(first.properties ?? {}).join() === 'env';
  if (isSetting) return `${others.map(typeInWords).join(' or ')}, or \`{env: NAME}\``;
  return [...new Set(choices.map(typeInWords))].join(' or ');
}

function listInWords({ items, prefixItems }: Schema): string {
  if (prefixItems) return `[${prefixItems.map(typeInWords).join(', ')}]`;
  return typeof items === 'object' ? `list of ${typeInWords(items)}` : 'list';
}

function objectInWords({ properties, additionalProperties, required = [] }: Schema): string {
  if (properties && Object.keys(properties).length > 0) {
    const names = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
    return `{ ${names.join(', ')} }`;
  }
  return typeof additionalProperties === 'object' ? `map of ${typeInWords(additionalProperties)}` : 'map';
}

/** Bounds that somebody chose; those of every safe integer say nothing. */
function range({ minimum, maximum }: Schema): string {
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` ${low} to ${high}`;
  if (high !== undefined) return ` up to ${high}`;
  return low === undefined ? '' : ` from ${low}`;
}
