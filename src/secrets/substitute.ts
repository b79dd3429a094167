import type { TemplateVariable } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { Secret } from './secret.ts';

/** What the target's variables stand for. A value that is not there makes a text that uses it invalid. */
export interface TemplateValues {
  readonly host?: string | undefined;
  readonly port?: string | number | undefined;
  readonly user?: string | Secret | undefined;
  readonly password?: string | Secret | undefined;
}

/** The fields that a tool declares templated, and the variables that each may use. */
export type Templated = { readonly [field: string]: readonly TemplateVariable[] | undefined };

/**
 * Replaces `{host}`, `{port}`, `{user}` and `{password}` in the declared fields of a copy of the arguments:
 * in a string, in each string of a list, or in each string value of a record. A variable that the field does
 * not allow stays as it is written, as does every other field. One pass: what was put in is never read again.
 *
 * The copy holds credentials in the clear. It is for the running tool alone and must not be kept or recorded.
 *
 * @throws ToolError('invalid_arguments') when a text uses an allowed variable that the target does not have.
 */
export function substitute(
  args: Readonly<Record<string, unknown>>,
  templated: Templated,
  values: TemplateValues,
): Record<string, unknown> {
  const copy: Record<string, unknown> = structuredClone(args);
  for (const [field, allowed] of Object.entries(templated)) {
    if (!allowed || !Object.hasOwn(copy, field)) continue;
    copy[field] = fill(copy[field], (text) => fillText(text, field, allowed, values));
  }
  return copy;
}

/** Reaches the strings of a field: itself, or one level down. */
function fill(value: unknown, fillOne: (text: string) => string): unknown {
  const one = (item: unknown) => (typeof item === 'string' ? fillOne(item) : item);
  if (Array.isArray(value)) return value.map(one);
  if (typeof value !== 'object' || value === null) return one(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, one(item)]));
}

function fillText(
  text: string,
  field: string,
  allowed: readonly TemplateVariable[],
  values: TemplateValues,
): string {
  // A function, because in a replacement text `$&` and its kind would be read as instructions.
  return text.replace(/\{(host|port|user|password)\}/g, (whole, name: TemplateVariable) => {
    if (!allowed.includes(name)) return whole;
    const value = values[name];
    if (value === undefined) {
      throw new ToolError('invalid_arguments', `${field} uses {${name}}, which this target does not have`);
    }
    return value instanceof Secret ? value.expose() : String(value);
  });
}
