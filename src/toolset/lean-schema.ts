type Schema = Readonly<Record<string, unknown>>;

/** Keywords whose values are data, in which nothing is a keyword. */
const DATA: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples']);
/** Bounds on texts and lists. The call checks them and says what it would accept, so a list of tools need not. */
const BOUNDS: ReadonlySet<string> = new Set([
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'format',
]);

/**
 * An input schema without what costs a model tokens and tells it little: bounds on texts and lists, the bounds that
 * every JavaScript integer has, and that objects inside take no other field. What is left accepts all that the whole schema accepts, and the call is still
 * checked by the whole one.
 */
export const leanInput = (schema: Schema): Schema =>
  // The root says that it takes no other argument, since a caller's own invention is most common there.
  schema.additionalProperties === false ? { ...lean(schema), additionalProperties: false } : lean(schema);

const lean = (schema: Schema): Schema =>
  Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) =>
      isNoise(keyword, value) ? [] : [[keyword, leanValue(keyword, value)]],
    ),
  );

/** As an argument may be named like a keyword, only values that the keyword can have count. */
const isNoise = (keyword: string, value: unknown): boolean =>
  (BOUNDS.has(keyword) && typeof value !== 'object') ||
  (keyword === 'additionalProperties' && value === false) ||
  (/^(exclusive)?(min|max)imum$/i.test(keyword) &&
    typeof value === 'number' &&
    Math.abs(value) === Number.MAX_SAFE_INTEGER);

function leanValue(keyword: string, value: unknown): unknown {
  if (DATA.has(keyword)) return value;
  if (Array.isArray(value)) return value.map((one) => (isSchema(one) ? lean(one) : one));
  return isSchema(value) ? lean(value) : value;
}

/**
 * The outline of an output schema: the fields at its root and their types. Everything that fits the whole schema
 * fits the outline; the whole one is in the resource `stack://tools/{name}`.
 */
export function outlineOutput({ properties }: Schema): {
  readonly type: 'object';
  readonly [key: string]: unknown;
} {
  const fields = Object.entries(isSchema(properties) ? properties : {});
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, typeOf(field)])),
  };
}

const typeOf = (field: unknown): Schema => (isSchema(field) && 'type' in field ? { type: field.type } : {});

const isSchema = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
