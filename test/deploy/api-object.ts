import * as client from '@kubernetes/client-node';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}
const models = new Map(Object.entries(client).filter(([name]) => /^(V\d|Core|Rbac|Discovery)/.test(name)));

const attributesOf = (type: string): readonly Attribute[] | undefined => {
  const model = models.get(type);
  return typeof model === 'function' && 'getAttributeTypeMap' in model
    ? (model as unknown as { getAttributeTypeMap(): readonly Attribute[] }).getAttributeTypeMap()
    : undefined;
};

/** What the API server would refuse or drop of an object: fields that its type does not have, and values of another type. */
export function problemsOf(object: unknown): string[] {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const version = apiVersion.split('/').at(-1) ?? '';
  const type = `${version.slice(0, 1).toUpperCase()}${version.slice(1)}${kind}`;
  return attributesOf(type) ? check(object, type, kind) : [`there is no ${apiVersion} ${kind}`];
}

function check(value: unknown, type: string, at: string): string[] {
  const item = /^Array<(.+)>$/.exec(type)?.[1];
  if (item !== undefined)
    return Array.isArray(value)
      ? value.flatMap((one, index) => check(one, item, `${at}[${index}]`))
      : [`${at} is no list`];
  const mapped = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (mapped !== undefined)
    return isObject(value)
      ? Object.entries(value).flatMap(([key, one]) => check(one, mapped, `${at}.${key}`))
      : [`${at} is no map`];
  const attributes = attributesOf(type);
  if (attributes) return isObject(value) ? checkFields(value, attributes, at) : [`${at} is no object`];
  const isRight =
    type === 'IntOrString'
      ? ['number', 'string'].includes(typeof value)
      : type === 'any' || typeof value === type;
  return isRight ? [] : [`${at} is ${JSON.stringify(value)}, and no ${type}`];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkFields(value: Record<string, unknown>, attributes: readonly Attribute[], at: string): string[] {
  return Object.entries(value).flatMap(([field, one]) => {
    const attribute = attributes.find(({ baseName }) => baseName === field);
    return attribute ? check(one, attribute.type, `${at}.${field}`) : [`${at} has no field ${field}`];
  });
}
