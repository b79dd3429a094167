import { z } from 'zod';
import { SecretSource } from '../secrets/reference.ts';

type Schema = z.core.$ZodType;

/** A schema without what only makes it optional or changes its output. */
export function bare(schema: Schema): Schema {
  let here = schema;
  for (;;) {
    if (
      here instanceof z.core.$ZodOptional ||
      here instanceof z.core.$ZodNullable ||
      here instanceof z.core.$ZodDefault ||
      here instanceof z.core.$ZodPrefault ||
      here instanceof z.core.$ZodReadonly
    )
      here = here._zod.def.innerType;
    else if (here instanceof z.core.$ZodPipe) here = here._zod.def.in;
    else return here;
  }
}

/** Whether a schema is what `secret()` makes. */
export const isCredential = (schema: Schema): boolean => bare(schema) === SecretSource;

/** The schema of the value at a path, or undefined where the schema has no such place. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | undefined {
  const here = bare(schema);
  const [step, ...rest] = path;
  if (step === undefined) return here;
  if (here instanceof z.core.$ZodObject) {
    const { shape } = here._zod.def;
    const field = Object.hasOwn(shape, step) ? shape[String(step)] : undefined;
    return field && schemaAt(field, rest);
  }
  if (here instanceof z.core.$ZodRecord) return schemaAt(here._zod.def.valueType, rest);
  if (here instanceof z.core.$ZodArray) return schemaAt(here._zod.def.element, rest);
  if (here instanceof z.core.$ZodUnion)
    return here._zod.def.options.map((option) => schemaAt(option, path)).find((found) => found !== undefined);
  return undefined;
}

/** Whether a credential belongs at this place or below it, so that what stands there must not be repeated. */
export function holdsCredential(schema: Schema): boolean {
  const here = bare(schema);
  if (isCredential(here)) return true;
  if (here instanceof z.core.$ZodObject) return Object.values(here._zod.def.shape).some(holdsCredential);
  if (here instanceof z.core.$ZodUnion) return here._zod.def.options.some(holdsCredential);
  if (here instanceof z.core.$ZodRecord) return holdsCredential(here._zod.def.valueType);
  return here instanceof z.core.$ZodArray && holdsCredential(here._zod.def.element);
}

/** Names of the fields that a value at this place may have. */
export function fieldsOf(schema: Schema | undefined): string[] {
  const here = schema && bare(schema);
  if (here instanceof z.core.$ZodObject) return Object.keys(here._zod.def.shape);
  if (here instanceof z.core.$ZodUnion) return [...new Set(here._zod.def.options.flatMap(fieldsOf))];
  return [];
}

/** The forms that a place takes, in words: `a number`, `{env}`. */
export function formsOf(schema: Schema): string[] {
  const here = bare(schema);
  if (here instanceof z.core.$ZodUnion) {
    const forms = [...new Set(here._zod.def.options.flatMap(formsOf))];
    return [
      ...forms.filter((form) => !form.startsWith('{')),
      ...forms.filter((form) => form.startsWith('{')),
    ];
  }
  if (here instanceof z.core.$ZodObject) return [`{${requiredOf(here).join(', ')}}`];
  if (here instanceof z.core.$ZodEnum) return Object.values(here._zod.def.entries).map(String);
  if (here instanceof z.core.$ZodLiteral) return here._zod.def.values.map(String);
  return [FORMS[here._zod.def.type] ?? `a ${here._zod.def.type}`];
}

const FORMS: Partial<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  int: 'a whole number',
  array: 'a list',
  record: 'a map of names',
};

function requiredOf(schema: z.core.$ZodObject): string[] {
  const shape = Object.entries(schema._zod.def.shape);
  const required = shape.filter(([, field]) => field._zod.optin !== 'optional').map(([name]) => name);
  return required.length > 0 ? required : shape.map(([name]) => `${name}?`);
}
